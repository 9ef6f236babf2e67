"""The dashboard's script, which Streamlit runs for every look at it: one page of `pages`."""

from pathlib import Path

import streamlit as st

from kardashev.dashboard.pages.shown import say_if_unreadable

PAGES = Path(__file__).parent / "pages"
TITLES = {
    "leaderboard": "Leaderboard",
    "model": "Model",
    "round": "Round",
    "fund": "Fund",
    "diagnostics": "Diagnostics",
    "replay": "Replay",
}
# Each table has a button of its own that writes CSV without formulas; Streamlit's would keep them.
STYLE = """<style>
[data-testid='stElementToolbar'] button[aria-label='Download as CSV'] {display: none}
[data-testid='stMainBlockContainer'] {padding-top: 4.5rem}
</style>"""

st.set_page_config(page_title="kardashev", layout="wide")
st.html(STYLE)
pages = [
    st.Page(PAGES / f"{name}.py", title=title, url_path=name, default=name == "leaderboard")
    for name, title in TITLES.items()
]
page = st.navigation(pages, position="top")
if say_if_unreadable():
    page.run()
