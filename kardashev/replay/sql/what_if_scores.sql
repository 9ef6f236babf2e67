-- Grain: round_number, meta_model, score, score_version. Final scores of the meta models that the tried stakes make, beside
-- those of the landed ones. They hang on no payout rule.
with

scores as (

    select
        round_number,
        stakes_of,
        unnest(scores) as taken

    from replay_runs
    where payout_rule = (select min(payout_rule) from replay_runs)

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
