"""What pages are made of: choices that the address keeps, views, and the published copy."""

from functools import cache
from pathlib import Path

import streamlit as st

from kardashev.dashboard.published import Published
from kardashev.dashboard.text import csv, plain, sentence_with_code, short, words
from kardashev.errors import KardashevError, WarehouseError
from kardashev.printing import visible
from kardashev.warehouse.environment import PUBLISHED, place, project_folder

PAGES = Path(__file__).parent
TABLE_HEIGHT = 300


def published():
    """The published copy that the environment names; every look at the dashboard shares it."""
    return _published_at(place(PUBLISHED, project_folder()))


@cache
def _published_at(path):
    return Published(path)


def say_if_unreadable():
    """Whether there is a published copy to show; if not, what to do is said."""
    try:
        published().check()
    except KardashevError as error:
        _say(error)
        return False
    return True


def read(choices, *arguments, **parameters):
    """What there is to choose from; the page ends with a sentence where that cannot be read."""
    try:
        return choices(published(), *arguments, **parameters)
    except WarehouseError as error:
        _say(error)
        st.stop()


def choose(label, key, options, default=None):
    """The chosen one of the options: of the address, else the default, else the first; None if there is none.

    Parameters
    ----------
    label : str
    key : str, its name in the address
    options : dict of str to str, what the address holds to what is shown; or a list of what is both
    default : str, one of the options
    """
    names = options if isinstance(options, dict) else {option: option for option in options}
    if not names:
        return None
    if st.session_state.get(key) not in names:
        asked = st.query_params.get(key)
        if asked is not None and asked not in names:
            st.info(plain(f"{label}: there is no {visible(short(asked))!r} here; this is another."))
        st.session_state[key] = asked if asked in names else default or next(iter(names))
    chosen = st.selectbox(
        label, list(names), key=key, format_func=lambda option: short(names[option])
    )
    st.query_params[key] = chosen
    return chosen


def search(label, key="search"):
    """The text that is looked for; the address keeps it."""
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(key, "")
    text = st.text_input(label, key=key, max_chars=100)
    if text:
        st.query_params[key] = text
    elif key in st.query_params:
        del st.query_params[key]
    return text


def show(make_view, *chosen):
    """Shows a view: its chart, its table, and a button that writes the table as CSV; or why there is none."""
    try:
        view = make_view(published(), *chosen)
    except WarehouseError as error:
        _say(error)
        return
    st.subheader(view.title, anchor=False)
    st.caption(view.note)
    if view.frame.empty:
        st.info(view.nothing)
        return
    key = f"{make_view.__module__}.{make_view.__name__}".rsplit("views.", maxsplit=1)[-1]
    if view.opens is not None:
        _show_table(view, key)  # first, where its rows lead further
    if view.chart is not None:
        st.altair_chart(view.chart, width="stretch")
    if view.opens is None:
        _show_table(view, key)
    st.download_button(
        "CSV",
        data=lambda: csv(view.table),
        file_name=f"{key.replace('.', '_')}.csv",
        mime="text/csv",
        key=f"csv.{key}",
        on_click="ignore",
        icon=":material/download:",
    )


def _show_table(view, key):
    options = {
        "hide_index": True,
        "column_config": {name: _column(view.frame, name) for name in view.frame.columns},
        "placeholder": "–",
        "height": "auto" if len(view.frame) < 8 else TABLE_HEIGHT,
        "key": f"table.{key}",
    }
    if view.opens is None:
        st.dataframe(view.table, **options)
        return
    event = st.dataframe(view.table, **options, on_select="rerun", selection_mode="single-row")
    if event.selection.rows:
        wanted = view.table[f"{view.opens}_id"].iloc[event.selection.rows[0]]
        st.switch_page(PAGES / f"{view.opens}.py", query_params={view.opens: wanted})


def _column(frame, name):
    kind, label = frame[name].dtype.kind, words(name)
    if kind == "f":
        return st.column_config.NumberColumn(label, format="%.5g")
    if kind in "iu":
        return st.column_config.NumberColumn(label, format="%d")
    if kind == "M":
        is_day = name.endswith("_date") or name == "quarter"
        pattern = "YYYY-MM-DD" if is_day else "YYYY-MM-DD HH:mm"
        return st.column_config.DatetimeColumn(label, format=pattern)
    if kind == "b":
        return st.column_config.CheckboxColumn(label)
    return st.column_config.TextColumn(label)


def _say(error):
    sentence = visible(" ".join(str(error).splitlines()))
    st.info(sentence_with_code(sentence[:1].upper() + sentence[1:] + "."))
