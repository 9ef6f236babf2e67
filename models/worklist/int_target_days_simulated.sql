{#
Grain: round_number, target. The final days of the targets of replayed rounds: since when one was known, be it by
scores taken elsewhere, which settles payouts; and the newest delivery of the target, which scores are taken on.
#}
with

rounds_simulated as (

    select * from {{ ref('int_rounds_simulated') }}

),

target_days as (

    select * from {{ ref('int_target_days_landed') }}

)

select
    target_days.round_number,
    target_days.target,
    target_days.score_day,
    max(target_days.known_at) filter (where target_days.has_target) as known_at,
    min(target_days.known_at) as first_known_at

from target_days
inner join rounds_simulated on target_days.round_number = rounds_simulated.round_number
where target_days.is_final
group by all
