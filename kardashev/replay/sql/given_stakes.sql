-- Grain: round_number, model_id. The stakes that are tried, of the replayed rounds; a row without a round is of each.
select
    replay_rounds.round_number,
    model_keys.model_key,
    given.model_id,
    given.stake_nmr

from given
inner join replay_rounds
    on coalesce(given.round_number = replay_rounds.round_number, given.round_number is null)
inner join int_model_keys as model_keys on given.model_id = model_keys.model_id
