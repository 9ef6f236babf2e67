"""A historical upload."""

import streamlit as st

from kardashev.dashboard import choices
from kardashev.dashboard.pages.shown import choose, read, show
from kardashev.dashboard.views import diagnostics

first, second = st.columns(2)
with first:
    model_id = choose("Upload", "model", read(choices.models, "uploads"))
if model_id is None:
    st.info(
        "No historical upload is scored yet: land rounds of kind `validation` and submissions to them, "
        "and run `dbt build`."
    )
    st.stop()
every_series = read(choices.series, "upload_series", model_id=model_id)
with second:
    name = choose("Score", "series", list(every_series), choices.favourite(every_series))
series = every_series.get(name, choices.NO_SERIES)

show(diagnostics.eras, model_id, series)
show(diagnostics.cumulative, model_id, series)
show(diagnostics.drawdown, model_id, series)
show(diagnostics.autocorrelation, model_id, series)
show(diagnostics.exposures, model_id)
show(diagnostics.summary, model_id)
