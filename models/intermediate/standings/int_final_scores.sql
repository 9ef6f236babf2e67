{#
Grain: entrant_kind, entrant_id, score, round_number, known_at. Official final scores of models and of accounts, by
delivery of the target; score is the metric, one seamless series over the scores that were official in turn. An account's score is the mean of its models', weighted by stake at risk; without any
stake it is that of its only model, and none if there are several.
#}
with

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

model_scores as (

    select
        revisions.round_number,
        revisions.known_at,
        revisions.metric as score,
        revisions.model_id,
        models.account_id,
        revisions.value,
        coalesce(stakes.at_risk_nmr, 0) as at_risk_nmr

    from revisions
    left join models on revisions.model_id = models.model_id
    left join stakes
        on
            revisions.round_number = stakes.round_number
            and revisions.model_id = stakes.model_id
    where revisions.is_final and revisions.is_canon and revisions.value is not null

),

account_scores as (

    select
        round_number,
        known_at,
        score,
        account_id,
        case
            when sum(at_risk_nmr) > 0
                then
                    {{ exact_sum_of_amounts('at_risk_nmr * value') }}
                    / {{ exact_sum_of_amounts('at_risk_nmr') }}
            when count(*) = 1 then any_value(value)
        end as value

    from model_scores
    where account_id is not null
    group by all

)

select
    'model' as entrant_kind,
    model_id as entrant_id,
    score,
    round_number,
    known_at,
    value

from model_scores

union all

select
    'account' as entrant_kind,
    account_id as entrant_id,
    score,
    round_number,
    known_at,
    value

from account_scores
where value is not null
