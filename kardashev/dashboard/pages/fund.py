"""The fund."""

import streamlit as st

from kardashev.dashboard import choices
from kardashev.dashboard.pages.shown import choose, read, show
from kardashev.dashboard.views import fund

show(fund.returns)
show(fund.sharpes)
show(fund.drawdowns)

round_number = choose("Portfolio of round", "round", read(choices.rounds, "fund_rounds"))
if round_number is None:
    st.info("No round has a portfolio yet: it needs a stake at risk.")
else:
    show(fund.exposures, int(round_number))
    show(fund.holdings, int(round_number))

show(fund.contributors)
show(fund.meta_model_scores)
show(fund.staked_models)
show(fund.indicators)
show(fund.misplaced_stakes)
show(fund.underrated_models)
