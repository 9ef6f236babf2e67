"""A replay of rounds under payout rules."""

import streamlit as st

from kardashev.dashboard import choices
from kardashev.dashboard.pages.shown import choose, read, show
from kardashev.dashboard.views import replay

replays = read(choices.replays)
chosen = choose("Replay of rounds", "replay", {key: name for key, (name, *_) in replays.items()})
if chosen is None:
    st.info(
        "No replay is published yet: run `kardashev replay --from A --to B --pay RULE --publish`, "
        "then `dbt build`."
    )
    st.stop()
_, first_round, last_round = replays[chosen]

show(replay.stakes, first_round, last_round)
show(replay.scores, first_round, last_round)
show(replay.models, first_round, last_round)
