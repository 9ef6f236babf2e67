"""Whatever stands at the published copy's path: it is read, or one sentence says what to do."""

import shutil

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published_copies import contracts

from kardashev.dashboard import published as room
from kardashev.dashboard.published import Published, parameters_of
from kardashev.errors import WarehouseError

QUERIES = sorted(
    path.name.removesuffix(".sql")
    for path in room.resources.files("kardashev.dashboard").joinpath("sql").iterdir()
)
VALUES = {
    "round_number": 110,
    "season": 2025,
    "first_round": 100,
    "last_round": 119,
    "as_of_date": "2025-07-01",
    "span": "one_year",
    "search": "",
    "model_id": "model_1",
    "score": "mmc",
    "score_version": "v1",
    "target": "factor_neutral_20",
}
TO_COME = {"leaderboard_seasons", "fct_diagnostics"} - set(contracts())


def said(path, query="rounds"):
    with pytest.raises(WarehouseError) as caught:
        Published(path).read(query, **{name: VALUES[name] for name in parameters_of(query)})
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_fits_the_contracts_of_the_marts(played, query):
    asked = {name: VALUES[name] for name in parameters_of(query)}
    try:
        Published(played).read(query, **asked)
    except WarehouseError as error:
        assert any(mart in str(error) for mart in TO_COME), error


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_says_its_grain(query):
    assert room.read_sql(query).startswith("-- Grain: ")


def test_a_missing_copy_says_how_to_make_one(tmp_path):
    assert "run `dbt build`" in said(tmp_path / "published.duckdb")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\0" * 20_000])
def test_what_is_no_duckdb_file_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "published.duckdb"
    path.write_bytes(content)
    assert "cannot be read as a whole DuckDB file" in said(path)


def test_a_folder_in_its_place_is_said(tmp_path):
    assert "cannot be read" in said(tmp_path)


@given(share=st.floats(0, 0.999))
@settings(max_examples=15)
def test_a_half_copied_file_is_said_or_read(played, tmp_path_factory, share):
    path = tmp_path_factory.mktemp("half") / "published.duckdb"
    content = played.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    try:
        Published(path).read("fund_performance")
    except WarehouseError as error:
        assert "wait and reload" in str(error)


def test_a_copy_without_rounds_says_what_to_do(empty):
    with pytest.raises(WarehouseError, match="holds no round yet: land some"):
        Published(empty).check()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("drop table fct_stakes", "fct_stakes"),
        ("alter table fct_stakes drop column zeroed_reason", "zeroed_reason"),
    ],
)
def test_an_outdated_copy_is_said_to_be_out_of_date(empty, tmp_path, change, named):
    path = shutil.copy(empty, tmp_path / "published.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)
    sentence = said(path, "model_stakes")
    assert named in sentence
    assert "out of date. Run `dbt build`" in sentence


def test_a_file_that_replaces_the_copy_is_what_is_read_next(played, empty, tmp_path):
    path = tmp_path / "published.duckdb"
    shutil.copy(empty, path)
    published = Published(path)
    assert published.read("rounds").empty
    shutil.copy(played, tmp_path / "next.duckdb")
    (tmp_path / "next.duckdb").replace(path)
    assert len(published.read("rounds")) == 46
    path.unlink()
    with pytest.raises(WarehouseError):
        published.read("rounds")


def test_a_build_may_replace_the_copy_while_it_is_read(played, tmp_path):
    path = tmp_path / "published.duckdb"
    shutil.copy(played, path)
    cursor = Published(path)._cursor()
    with duckdb.connect(str(tmp_path / "next.duckdb")) as connection:
        connection.execute("create table dim_rounds as select 1 as round_number")
    (tmp_path / "next.duckdb").replace(path)
    assert cursor.sql("select count(*) from fct_scores").fetchone()[0] > 0


def test_queries_write_nothing_and_read_no_other_file(played, tmp_path):
    cursor = Published(played)._cursor()
    with pytest.raises(duckdb.Error, match="read-only"):
        cursor.execute("delete from fct_scores")
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    with pytest.raises(duckdb.Error, match="disabled"):
        cursor.execute(f"from read_csv('{other}')")


def test_what_is_asked_is_bound_and_never_part_of_a_query(played):
    asked = VALUES | {"search": "'; drop table fct_scores; --", "score": "' or 1=1 --"}
    frame = Published(played).read(
        "leaderboard_models", **{n: asked[n] for n in parameters_of("leaderboard_models")}
    )
    assert frame.empty


def test_text_is_printable_and_ids_are_as_they_are(hostile):
    frame = Published(hostile).read("models")
    assert all(name.isprintable() for name in frame["model"])
    assert any(not name.isprintable() for name in frame["model_id"])
