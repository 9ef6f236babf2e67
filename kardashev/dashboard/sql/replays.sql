-- Grain: first_round, last_round. Replays that are published, newest first.
select
    first_round,
    last_round,
    string_agg(distinct payout_rule, ', ' order by payout_rule) as payout_rules

from fct_replayed_stakes
group by all
order by last_round desc, first_round desc
