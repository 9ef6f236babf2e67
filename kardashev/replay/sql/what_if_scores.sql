-- Grain: round_number, meta_model, score, score_version. Final scores of the meta models that the tried stakes make, beside
-- those of the landed ones. They hang on no payout rule.
with

rules as (

    select min(payout_rule) as payout_rule from replay_runs

),

scores as (

    select
        runs.round_number,
        runs.stakes_of,
        unnest(runs.scores) as taken

    from replay_runs as runs
    inner join rules on runs.payout_rule = rules.payout_rule

)

select
    round_number,
    taken.meta_model,
    taken.score,
    taken.score_version,
    taken.target,
    any_value(taken.value) filter (where stakes_of = 'landed') as landed_value,
    any_value(taken.value) filter (where stakes_of = 'given') as value

from scores
group by all
