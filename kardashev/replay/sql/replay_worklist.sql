-- Grain: round_number. What the scratch copy has for `int_rounds_due`: the signals of the replayed rounds are
-- prepared, and nothing else is due; if $is_restaked, who is at risk is judged as well.
with

asked as (

    select $is_restaked as is_judged

)

select
    replay_rounds.round_number,
    built.fingerprint,
    built.lag_rounds,
    built.build_id,
    false as is_left_out,
    false as was_changed,
    false as was_stale,
    false as is_changed,
    asked.is_judged as is_stale,
    true as is_prepared,
    false as is_pruned

from replay_rounds
cross join asked
inner join int_rounds_built as built
    on replay_rounds.round_number = built.round_number
