-- Grain: round_number, lag_round, model_key. What `int_stability` had when the replayed rounds were built: whether a stake
-- is zeroed follows from it.
select
    stability.round_number,
    stability.lag_round,
    model_keys.model_key,
    stability.churn,
    stability.turnover,
    stability.neutral_churn

from fct_stability as stability
semi join replay_rounds on stability.round_number = replay_rounds.round_number
inner join int_model_keys as model_keys on stability.model_id = model_keys.model_id
