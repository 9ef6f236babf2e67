{#
Grain: payout_rule, first_round, last_round, round_number, model_id. Stakes of each landed replay, and what they are paid
by its rule. Of two files that hold one replay the last by name counts.
#}
with

stakes as (

    select * from {{ ref('stg_tournament__replayed_stakes') }}

)

select
    payout_rule,
    first_round,
    last_round,
    round_number,
    model_id,
    stake_nmr,
    at_risk_nmr,
    payout_factor,
    score_used,
    payout_nmr,
    settled_at

from stakes
qualify path = max(path) over (partition by payout_rule, first_round, last_round)
