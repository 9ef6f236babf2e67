{# Grain: round_number. What the contract of stakes/ is judged on, multipliers: a round with stakes may have none. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

),

multipliers as (

    select * from {{ ref('stg_tournament__stake_multipliers') }}

),

staked_rounds as (

    select distinct stakes.round_number
    from stakes
    inner join candidates on stakes.round_number = candidates.round_number
    where candidates.is_stale or candidates.is_prepared

),

due as (

    select
        staked_rounds.round_number,
        multipliers.model_id,
        multipliers.score,
        multipliers.multiplier,
        multipliers.path

    from staked_rounds
    left join multipliers on staked_rounds.round_number = multipliers.round_number

)

select
    round_number,
    {{
        count_faults(
            'unusable_multipliers',
            'not isfinite(multiplier) or multiplier < 0',
            "concat_ws(' ', model_id, score)"
        )
    }},
    {{ largest_size('largest_multiplier', 'multiplier', "concat_ws(' ', model_id, score)") }},
    {{
        largest_size(
            'largest_corr_multiplier',
            "case when score != 'tc' then multiplier end",
            "concat_ws(' ', model_id, score)"
        )
    }},
    {{
        largest_size(
            'largest_tc_multiplier',
            "case when score = 'tc' then multiplier end",
            'model_id'
        )
    }}

from due
group by all
