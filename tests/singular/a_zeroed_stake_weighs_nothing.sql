{# A stake is at risk whole or not at all; what is not has no weight in a meta model and no staked percentile. #}
with

stakes as (

    select * from {{ ref('fct_stakes') }}

),

members as (

    select * from {{ ref('int_meta_model_weights') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

),

scores as (

    select * from {{ ref('fct_scores') }}
    where {{ written_now(ref('fct_scores')) }}

),

not_at_risk as (

    select
        stakes.round_number,
        stakes.model_id,
        model_keys.model_key

    from stakes
    inner join model_keys on stakes.model_id = model_keys.model_id
    where stakes.at_risk_nmr = 0

)

select
    round_number,
    model_id

from stakes
where
    {{ written_now(ref('fct_stakes')) }}
    and (
        at_risk_nmr not in (0, stake_nmr)
        or (stake_nmr > 0 and (at_risk_nmr = 0) = (zeroed_reason is null))
    )

union all

select
    not_at_risk.round_number,
    not_at_risk.model_id

from not_at_risk
inner join members
    on
        not_at_risk.round_number = members.round_number
        and not_at_risk.model_key = members.model_key

union all

select
    not_at_risk.round_number,
    not_at_risk.model_id

from not_at_risk
inner join scores
    on
        not_at_risk.round_number = scores.round_number
        and not_at_risk.model_id = scores.model_id
where scores.staked_percentile is not null
