"""Who leads."""

import streamlit as st

from kardashev.dashboard import choices
from kardashev.dashboard.pages.shown import choose, read, search, show
from kardashev.dashboard.views import leaderboard

BOARDS = ["models", "accounts", "seasons"]

board, metric, day, window, looked_for = st.columns([1, 1, 1, 1, 2])
with board:
    chosen_board = choose("Leaderboard of", "board", BOARDS)
with looked_for:
    text = search("Search by name")

if chosen_board == "seasons":
    seasons = read(choices.seasons)
    with metric:
        season = choose("Season", "season", seasons)
    with day:
        score = choose("Score", "score", seasons.get(season, []))
    if score is None:
        st.info("There is no season yet: the first one begins with the first final scores.")
    else:
        show(leaderboard.seasons, int(season), score, text)
else:
    metrics = read(choices.metrics)
    with metric:
        score = choose("Score", "score", metrics, choices.favourite(metrics))
    with day:
        as_of_date = choose("As of", "as_of", read(choices.days, score) if score else [])
    with window:
        span = choose("Over", "over", choices.SPANS)
    if as_of_date is None:
        st.info("There is no leaderboard yet: it begins with the first final scores.")
    elif chosen_board == "models":
        show(leaderboard.models, score, as_of_date, span, text)
        show(leaderboard.model_ranks, score, as_of_date)
    else:
        show(leaderboard.accounts, score, as_of_date, span, text)
        show(leaderboard.account_ranks, score, as_of_date)
