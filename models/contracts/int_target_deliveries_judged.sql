{#
Grain: round_number, target, score_day, known_at; the last three may be null. The deliveries that the contract of
targets/ is judged on: those to be scored, and those that nothing can be scored on. No final day: no such target. A
delivery is measured only if what stands of it was made from something else, as the fingerprint beside it tells.
#}
{% set measured = left_by_last_build(
    'int_targets_measured', round_number='integer', subject='varchar', fingerprint='varchar'
) %}
with

candidates as (

    select * from {{ ref('int_target_day_candidates') }}

),

target_strays as (

    select * from {{ ref('int_target_strays') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

rounds_landed as (

    select * from {{ ref('int_rounds_landed') }}

),

target_definitions as (

    select * from {{ ref('target_definitions') }}

),

deliveries as (

    select
        round_number,
        target,
        score_day,
        known_at,
        fingerprint

    from candidates
    where has_target and target != 'none'
    union by name
    select
        *,
        null as fingerprint
    from target_strays

),

described as (

    select
        deliveries.* exclude (fingerprint),
        {{ delivery_name('deliveries') }} as subject,
        rounds.era_date,
        rounds.close_at,
        target_definitions.final_score_day,
        coalesce(target_definitions.is_binned, false) as is_binned,
        if(
            deliveries.fingerprint is null,
            null,
            md5(
                concat_ws(
                    ', ',
                    deliveries.fingerprint,
                    rounds_landed.columns_fingerprint,
                    rounds.era_date,
                    rounds.close_at,
                    target_definitions.final_score_day,
                    target_definitions.is_binned
                )
            )
        ) as fingerprint

    from deliveries
    inner join rounds on deliveries.round_number = rounds.round_number
    left join rounds_landed on deliveries.round_number = rounds_landed.round_number
    left join target_definitions
        on
            rounds.rule_set = target_definitions.tournament
            and deliveries.target = target_definitions.target

)

select
    described.*,
    measured.subject is null as is_measured

from described
left join {{ measured }} as measured
    on
        described.round_number = measured.round_number
        and described.subject = measured.subject
        and described.fingerprint = measured.fingerprint
