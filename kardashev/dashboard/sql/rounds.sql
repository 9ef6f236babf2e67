-- Grain: round_number. The rounds, newest first.
select
    round_number,
    era_date,
    kind,
    is_resolved

from dim_rounds
order by round_number desc
