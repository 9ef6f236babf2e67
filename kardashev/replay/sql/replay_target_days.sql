-- Grain: round_number, target. The final days of the targets of replayed rounds: since when one was known, be it by
-- scores taken elsewhere, which settles payouts; and the newest delivery of the target, which scores are taken on.
-- Deliveries count as they were built: one that is refused does not.
select
    landed.round_number,
    landed.target,
    landed.score_day,
    max(landed.known_at) filter (where landed.has_target) as known_at,
    min(landed.known_at) as first_known_at

from int_target_days_landed as landed
inner join replay_rounds
    on landed.round_number = replay_rounds.round_number
inner join int_target_days_built as built
    on
        landed.round_number = built.round_number
        and landed.target = built.target
        and landed.score_day = built.score_day
        and landed.known_at = built.known_at
        and landed.fingerprint = built.fingerprint
where landed.is_final
group by all
