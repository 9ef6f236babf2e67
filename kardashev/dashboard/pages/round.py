"""One round."""

import streamlit as st

from kardashev.dashboard import choices
from kardashev.dashboard.pages.shown import choose, read, show
from kardashev.dashboard.views import rounds

first, second = st.columns(2)
with first:
    round_number = int(choose("Round", "round", read(choices.rounds)))
every_series = read(choices.series, "round_series", round_number=round_number)
with second:
    name = choose("Score", "series", list(every_series), choices.favourite(every_series))
series = every_series.get(name, choices.NO_SERIES)

show(rounds.summary, round_number)
show(rounds.histogram, round_number, series)
show(rounds.scores, round_number, series)
show(rounds.statuses, round_number)
show(rounds.submissions, round_number)
show(rounds.contracts, round_number)
show(rounds.verdicts, round_number)
show(rounds.meta_scores, round_number)
show(rounds.meta_models, round_number)
show(rounds.correlations, round_number, series)
