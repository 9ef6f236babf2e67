"""One model."""

import streamlit as st

from kardashev.dashboard import choices
from kardashev.dashboard.pages.shown import choose, read, show
from kardashev.dashboard.views import model

first, second = st.columns(2)
with first:
    model_id = choose("Model", "model", read(choices.models))
if model_id is None:
    st.info("No model is registered yet: land models/, and run `dbt build`.")
    st.stop()
every_series = read(choices.series, "model_series", model_id=model_id)
with second:
    name = choose("Score", "series", list(every_series), choices.favourite(every_series))
series = every_series.get(name, choices.NO_SERIES)

show(model.summary, model_id, series)
show(model.cumulative_scores, model_id, series)
show(model.scores_in_field, model_id, series)
show(model.scores_by_age, model_id, series)
show(model.stakes, model_id)
show(model.stability, model_id)
show(model.payouts, model_id)
show(model.neighbours, model_id)
show(model.true_contributions, model_id)
show(model.evidence, model_id)
