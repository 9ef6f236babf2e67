-- Grain: round_number. The rounds from $first to $last that are replayed: live ones, closed, and built.
select
    calendar.round_number,
    calendar.close_at

from dim_rounds as calendar
inner join int_rounds_landed as landed
    on calendar.round_number = landed.round_number
inner join int_rounds_built as built
    on calendar.round_number = built.round_number
where
    calendar.kind = 'live'
    and landed.is_closed
    and built.fingerprint is not null
    and calendar.round_number between $first and $last
