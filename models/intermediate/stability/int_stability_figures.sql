{#
Grain: round_number, model_key. What the window of a stale round says of each model that has a submission in it: how many
there are, how many can be compared, the largest churn and turnover, the mean neutral churn.
#}
with

stability as (

    select * from {{ ref('int_stability') }}

)

select
    round_number,
    model_key,
    count(*) as compared_count,
    count(*) filter (where is_comparable) as comparable_count,
    max(churn) as max_churn,
    max(turnover) as max_turnover,
    avg(neutral_churn) as mean_neutral_churn

from stability
group by all
