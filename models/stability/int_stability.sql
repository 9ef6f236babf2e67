{#
Grain: round_number, lag_round, model_key. Each accepted submission of a stale round beside each of the same model in
its window. Each figure is judged by itself: where one cannot be taken, the others stand.
#}
with

pairs as (

    select * from {{ ref('int_stability_pairs') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

churns as (

    select * from {{ ref('int_churns') }}

),

turnovers as (

    select * from {{ ref('int_turnovers') }}

),

compared as (

    select
        pairs.round_number,
        pairs.lag_round,
        submissions.model_key,
        submissions.model_id

    from pairs
    inner join submissions on pairs.round_number = submissions.round_number
    inner join submissions as earlier_submissions
        on
            pairs.lag_round = earlier_submissions.round_number
            and submissions.model_key = earlier_submissions.model_key
    where
        submissions.status = 'accepted'
        and earlier_submissions.status = 'accepted'

),

found as (

    select
        compared.*,
        churns.churn,
        turnovers.turnover,
        neutral_churns.churn as neutral_churn

    from compared
    left join churns
        on
            compared.round_number = churns.round_number
            and compared.lag_round = churns.lag_round
            and compared.model_key = churns.model_key
            and not churns.is_neutral
    left join churns as neutral_churns
        on
            compared.round_number = neutral_churns.round_number
            and compared.lag_round = neutral_churns.lag_round
            and compared.model_key = neutral_churns.model_key
            and neutral_churns.is_neutral
    left join turnovers
        on
            compared.round_number = turnovers.round_number
            and compared.lag_round = turnovers.lag_round
            and compared.model_key = turnovers.model_key

)

select
    round_number,
    lag_round,
    model_key,
    model_id,
    coalesce(churn, turnover, neutral_churn) is not null as is_comparable,
    churn,
    turnover,
    neutral_churn

from found
