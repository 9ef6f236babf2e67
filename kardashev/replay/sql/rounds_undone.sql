-- Grain: round_number. Rounds from $first to $last that do not stand as they are landed: a build that was killed left
-- them half done, or they are refused and keep what an earlier landing made of them.
select
    due.round_number,
    due.is_left_out as is_refused

from int_rounds_due as due
inner join int_rounds_built as built
    on due.round_number = built.round_number
where
    due.round_number between $first and $last
    and built.fingerprint is not null
    and due.build_id is distinct from built.build_id
    and (not due.is_left_out or due.fingerprint is distinct from built.fingerprint)
order by due.round_number
