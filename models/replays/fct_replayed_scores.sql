{#
Grain: payout_rule, first_round, last_round, round_number, meta_model, score, score_version. Final scores of the meta
models that the stakes of each landed replay make, beside those of stakes that nothing moves. Of two files that hold one
replay the last by name counts.
#}
with

scores as (

    select * from {{ ref('stg_tournament__replayed_scores') }}

)

select
    payout_rule,
    first_round,
    last_round,
    round_number,
    meta_model,
    score,
    score_version,
    target,
    value,
    frozen_value

from scores
qualify path = max(path) over (partition by payout_rule, first_round, last_round)
