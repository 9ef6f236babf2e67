{# Grain: round_number. What the contract of stakes/ is judged on. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

),

due as (

    select
        stakes.*,
        count(*) over (partition by stakes.round_number, stakes.model_id) as times_named

    from stakes
    inner join candidates on stakes.round_number = candidates.round_number
    where candidates.is_stale or candidates.is_prepared

)

select
    round_number,
    {{ count_faults('missing_ids', 'model_id is null') }},
    {{ count_faults('repeated_models', 'model_id is not null and times_named > 1', 'model_id') }},
    {{ count_faults('negative_stakes', 'stake_nmr < 0', 'model_id') }},
    {{
        count_faults(
            'unusable_stakes', 'not coalesce(isfinite(stake_nmr), false)', 'model_id'
        )
    }},
    {{ largest_size('largest_stake', 'stake_nmr', 'model_id') }},
    coalesce(min(stake_nmr) filter (where stake_nmr > 0), 1) as smallest_stake,
    arg_min(
        concat_ws(' in ', model_id, path), stake_nmr
    ) filter (where stake_nmr > 0) as smallest_stake_example

from due
group by all
