-- Grain: round_number. The rounds that the last build began and did not finish: it ended before its ledger.
select due.round_number

from int_rounds_due as due
left join int_rounds_built as built on due.round_number = built.round_number
where not due.is_left_out and due.build_id is distinct from built.build_id
order by due.round_number
