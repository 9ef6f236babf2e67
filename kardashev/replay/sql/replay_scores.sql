-- Grain: round_number, score, score_version. What a replay takes in a round: the scores that its payout rules, $rules,
-- pay on, and those that meta models have, correlations, and Alpha of the meta portfolio; whether the fund's return is taken
-- on its target; and on which target day, none while the target is not final.
with

paid_scores as (

    select distinct
        round_number,
        score,
        score_version

    from int_round_terms
    where list_contains($rules, payout_rule)

),

wanted as (

    select
        round_scores.*,
        paid_scores.score is not null as is_paid,
        round_scores.family in ('correlation', 'alpha')
        and round_scores.factor_set is null
        and round_scores.top_bottom is null
        and round_scores.target != 'none' as is_of_meta_models,
        round_scores.family = 'tc'
        and round_scores.score_version = 'v1' as is_of_fund

    from int_round_scores as round_scores
    inner join replay_rounds
        on round_scores.round_number = replay_rounds.round_number
    left join paid_scores
        on
            round_scores.round_number = paid_scores.round_number
            and round_scores.score = paid_scores.score
            and round_scores.score_version = paid_scores.score_version

)

select
    wanted.round_number,
    wanted.score,
    wanted.score_version,
    wanted.family,
    wanted.target,
    wanted.meta_model,
    wanted.has_target_power,
    wanted.top_bottom,
    wanted.normalizer,
    wanted.scale,
    wanted.minimum_overlap,
    wanted.is_of_meta_models,
    wanted.is_of_fund,
    target_days.score_day,
    target_days.known_at,
    target_days.first_known_at

from wanted
left join replay_target_days as target_days
    on
        wanted.round_number = target_days.round_number
        and wanted.target = target_days.target
where wanted.is_paid or wanted.is_of_meta_models or wanted.is_of_fund
