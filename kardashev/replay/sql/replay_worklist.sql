-- Grain: round_number. What the scratch copy has for `int_rounds_due`: the signals of the replayed rounds are
-- prepared, and nothing else is due; if $is_restaked, who is at risk is judged as well.
select
    replay_rounds.round_number,
    built.fingerprint,
    built.lag_rounds,
    built.build_id,
    false as is_left_out,
    false as was_changed,
    false as was_stale,
    false as is_changed,
    $is_restaked as is_stale,
    true as is_prepared,
    false as is_pruned

from replay_rounds
inner join int_rounds_built as built
    on replay_rounds.round_number = built.round_number
