-- Grain: round_number, model_id. The stakes of replayed rounds as they are landed, before others stand in their place.
select stakes.*
from fct_stakes as stakes
semi join replay_rounds on stakes.round_number = replay_rounds.round_number
