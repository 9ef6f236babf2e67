{#
Grain: round_number, target, score_day, known_at; the last three may be null. Deliveries in targets/ that nothing
can be scored on: of no target, or no day of one, that target_definitions has, or not saying which they are. Their
contract refuses the round.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

target_definitions as (

    select * from {{ ref('target_definitions') }}

)

select distinct
    manifest.round_number,
    manifest.target,
    manifest.score_day,
    manifest.known_at

from manifest
inner join rounds on manifest.round_number = rounds.round_number
left join target_definitions
    on
        rounds.rule_set = target_definitions.tournament
        and manifest.target = target_definitions.target
where
    manifest.table_name = 'targets'
    and manifest.problem is null
    and rounds.rule_set is not null
    and (
        manifest.known_at is null
        or not coalesce(
            manifest.score_day between 1 and target_definitions.final_score_day, false
        )
    )
