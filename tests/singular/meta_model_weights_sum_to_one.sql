{# The weights of a meta model's members are shares. #}
select
    round_number,
    meta_model,
    sum(weight) as total

from {{ ref('int_meta_model_weights') }}
group by all
having abs(sum(weight) - 1) > 1e-9
