-- Grain: status. How many uploads of all rounds came to what.
select
    status,
    count(*) as uploads,
    count(distinct model_id) as models,
    max(submitted_at) as newest_at

from fct_submissions
group by status
order by uploads desc
