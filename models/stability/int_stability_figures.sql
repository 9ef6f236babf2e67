{#
Grain: round_number, model_key. What the window of a stale round says of each model that has a submission in it: the
largest churn and turnover, the mean neutral churn, each of the pairs that have it.
#}
with

stability as (

    select * from {{ ref('int_stability') }}

)

select
    round_number,
    model_key,
    max(churn) as max_churn,
    max(turnover) as max_turnover,
    avg(neutral_churn) as mean_neutral_churn

from stability
group by all
