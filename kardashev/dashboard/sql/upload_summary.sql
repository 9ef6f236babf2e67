-- Grain: metric. The upload's figures in one column each, before and after neutralization.
select *

from fct_diagnostics
where model_id = $model_id
order by all
