"""The pages' logic, in Streamlit's own test runner: choices, addresses, sentences in place of tables."""

import shutil
from pathlib import Path

import duckdb
import pytest
from published_copies import HOSTILE

testing = pytest.importorskip("streamlit.testing.v1", reason="`make dashboard` installs Streamlit")

PAGES = Path(__file__).parents[2] / "kardashev" / "dashboard" / "pages"
APP = PAGES.parent / "app.py"
NAMES = ("leaderboard", "model", "round", "fund", "diagnostics", "replay")


@pytest.fixture
def look(monkeypatch):
    """Looks at a page, or at the whole dashboard, over a copy, with what the address holds."""

    def look(copy, page=None, **address):
        monkeypatch.setenv("KARDASHEV_PUBLISHED", str(copy))
        script = APP if page is None else PAGES / f"{page}.py"
        app = testing.AppTest.from_file(str(script), default_timeout=120)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return look


def sentences(app):
    return [info.value for info in app.info]


def titles(app):
    return [subheader.value for subheader in app.subheader]


@pytest.mark.parametrize("page", NAMES)
def test_every_page_shows_tables_and_charts(look, played, page):
    app = look(played, page)
    assert app.dataframe
    assert app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")


@pytest.mark.parametrize("page", NAMES)
def test_every_table_can_be_downloaded(look, played, page):
    app = look(played, page)
    assert len(app.get("download_button")) == len(app.dataframe)


def test_an_empty_copy_says_what_to_do(look, empty):
    app = look(empty)
    assert not app.dataframe
    assert "run `dbt build`, and reload" in sentences(app)[0].replace("\\", "")


@pytest.mark.parametrize("page", NAMES[:2] + NAMES[3:])
def test_a_page_of_an_empty_copy_says_what_is_missing(look, empty, page):
    assert sentences(look(empty, page))


def test_a_missing_copy_says_what_to_do(look, tmp_path):
    app = look(tmp_path / "published.duckdb")
    assert "There is no published copy" in sentences(app)[0].replace("\\", "")


def test_a_missing_mart_costs_its_own_view_alone(look, played, tmp_path):
    path = tmp_path / "published.duckdb"
    shutil.copy(played, path)
    before = titles(look(played, "model"))
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table fct_stability")
    app = look(path, "model")
    assert titles(app) == [title for title in before if title != "Churn and turnover"]
    assert any(
        "fct_stability yet: it is out of date" in s.replace("\\", "") for s in sentences(app)
    )


def test_a_new_publication_shows_at_the_next_run(look, played, empty, tmp_path):
    path = tmp_path / "published.duckdb"
    shutil.copy(empty, path)
    app = look(path)
    assert not app.dataframe
    shutil.copy(played, tmp_path / "next.duckdb")
    (tmp_path / "next.duckdb").replace(path)
    app.run()
    assert app.dataframe
    assert not app.info


def test_choices_are_kept_in_the_address_and_read_from_it(look, played):
    app = look(played, "leaderboard", board="accounts", score="tc", over="all_time", search="_1")
    assert [box.value for box in app.selectbox][:2] == ["accounts", "tc"]
    assert app.query_params["over"] == "all_time"
    assert list(app.dataframe[0].value["account"]) == ["account_1"]
    app.selectbox(key="board").select("models").run()
    assert app.query_params["board"] == "models"
    again = look(played, "leaderboard", **app.query_params)
    assert again.dataframe[0].value.equals(app.dataframe[0].value)


def test_an_address_that_names_nothing_is_said_and_something_is_shown(look, played):
    app = look(played, "model", model="<b>nobody</b>")
    assert "there is no '<b>nobody</b>' here" in sentences(app)[0].replace("\\", "")
    assert app.dataframe


def test_the_day_is_chosen(look, played):
    app = look(played, "leaderboard")
    newest, earlier = app.selectbox(key="as_of").options[:2]
    assert newest > earlier
    before = app.dataframe[0].value
    app.selectbox(key="as_of").select(earlier).run()
    assert app.query_params["as_of"] == earlier
    assert not app.dataframe[0].value.equals(before)


@pytest.mark.parametrize("page", NAMES)
def test_hostile_names_are_never_markdown(look, hostile, page):
    app = look(hostile, page)
    written = [element.value for kind in (app.markdown, app.info, app.caption) for element in kind]
    assert app.dataframe
    for text in written:
        assert "evil" not in text
        assert "<script" not in text


def test_a_hostile_model_can_be_chosen(look, hostile):
    for model_id in HOSTILE[:4]:
        app = look(hostile, "model", model=model_id)
        assert app.query_params["model"] == model_id
        assert len(app.dataframe) >= 8
