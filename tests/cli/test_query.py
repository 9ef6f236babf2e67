"""SQL by anybody over the published copy: it reads that and nothing else, and streams what it finds."""

import csv
import io
import json
import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest
from published_copies import HOSTILE

from kardashev.inspection import query

SCORES = "select model_id, value, known_at from fct_scores order by all limit 50"


@pytest.fixture
def ask(run, played):
    return lambda *argv: run("query", *argv, "--published", played)


def expected(path, sql):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_rows_are_those_of_duckdb_in_every_form(ask, played):
    rows = expected(played, SCORES)
    _, printed, _ = ask(SCORES)
    assert len(printed.splitlines()) == 1 + len(rows)
    _, printed, _ = ask(SCORES, "--json")
    assert json.loads(printed) == [
        {"model_id": model, "value": value, "known_at": at.isoformat()} for model, value, at in rows
    ]
    _, printed, _ = ask(SCORES, "--csv")
    head, *lines = csv.reader(io.StringIO(printed))
    assert head == ["model_id", "value", "known_at"]
    assert [(model, float(value)) for model, value, _ in lines] == [row[:2] for row in rows]


def test_json_has_null_for_what_is_no_number_and_iso_for_times(ask):
    sql = (
        "select 'nan'::float as x, 'inf'::float as y, null as z, date '2024-01-05' as d, [1.5] as l"
    )
    _, printed, _ = ask(sql, "--json")
    assert json.loads(printed) == [{"x": None, "y": None, "z": None, "d": "2024-01-05", "l": [1.5]}]


@pytest.mark.parametrize(
    ("form", "printed"), [([], "  x  y\n"), (["--csv"], "x,y\n"), (["--json"], "[]\n")]
)
def test_without_rows_the_names_of_columns_are_left(ask, form, printed):
    assert ask("select 1 as x, 'a' as y where false", *form) == (0, printed, "")


@pytest.mark.parametrize("argument", [["-"], []], ids=["a dash", "no argument"])
def test_sql_comes_from_standard_input(ask, monkeypatch, argument):
    monkeypatch.setattr(sys, "stdin", io.StringIO("select 7 as x;\n"))
    assert ask(*argument, "--csv") == (0, "x\n7\n", "")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("copy dim_models to '{file}'", "this is COPY"),
        ("copy (select 1) to '{file}' (format parquet)", "this is COPY"),
        ("export database '{file}'", "this is EXPORT"),
        ("attach '{file}' as other", "this is ATTACH"),
        ("attach ':memory:' as other", "this is ATTACH"),
        ("install httpfs", "this is LOAD"),
        ("load httpfs", "this is LOAD"),
        ("set enable_external_access = true", "this is SET"),
        ("create temp table t as select 1", "this is CREATE"),
        ("insert into dim_models select * from dim_models", "this is INSERT"),
        ("delete from dim_models", "this is DELETE"),
        ("drop table dim_models", "this is DROP"),
        ("call enable_logging()", "this is CALL"),
        ("explain analyze copy (select 1) to '{file}'", "this is EXPLAIN"),
        ("select * from read_text('{secret}')", "file system operations are disabled"),
        ("select * from '{secret}'", "file system operations are disabled"),
        ("select * from read_csv('{secret}')", "file system operations are disabled"),
        ("select * from glob('/*')", "file system operations are disabled"),
        ("select * from read_parquet('https://example.invalid/x.parquet')", "Error"),
        ("select getenv('HOME')", "does not exist"),
        ("select 1; select 2", "this is 2 statements"),
        ("", "this is 0 statements"),
        ("selec 1", 'syntax error at or near "selec"'),
        ("select * from nope", "Table with name nope does not exist"),
        ("select $1", "Values were not provided"),
        ("select 1 as a, 2 as a", "two columns have one name, of a, a"),
    ],
)
def test_what_does_not_read_the_copy_is_refused_in_one_line(ask, played, tmp_path, sql, said):
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    before = played.read_bytes()
    status, out, err = ask(sql.format(file=tmp_path / "out", secret=secret))
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert played.read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    [
        "from enable_profiling(format='json', save_location='{file}.json')",
        "from enable_logging(level='trace', storage='file', storage_path='{file}')",
        "select write_log('x') from enable_logging(storage='file', storage_path='{file}')",
    ],
)
def test_functions_that_log_to_files_leave_none(played, tmp_path, sql):
    """Each in a process of its own, to its end."""
    code = "import sys; from kardashev.cli import main; sys.exit(main(sys.argv[1:]))"
    asked = ["query", sql.format(file=tmp_path / "out"), "--published", played]
    subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, check=False)
    assert list(tmp_path.iterdir()) == []


def test_variables_of_python_are_no_tables(ask, monkeypatch):
    monkeypatch.setattr(query, "leak", pa.table({"x": [1]}), raising=False)
    assert "leak does not exist" in ask("from leak")[2]


def test_what_does_not_fit_into_memory_is_not_written_to_the_disk(ask):
    assert ask("select current_setting('temp_directory') as t", "--csv")[1] == 't\n""\n'


def test_a_table_stops_at_a_hundred_rows_and_says_so(ask):
    status, out, err = ask("from range(101)")
    assert (status, len(out.splitlines())) == (0, 101)
    assert err == "the first 100 rows; --limit N prints others\n"
    _, out, err = ask("from range(101)", "--limit", "101")
    assert (len(out.splitlines()), err) == (102, "")
    assert ask("from range(101)", "--csv")[1].count("\n") == 102


def test_rows_stream(ask, played):
    """A result of 10¹² rows is never held: its first rows come, and a closed pipe ends it quietly."""
    endless = "from range(1000000000000)"
    assert ask(endless, "--json", "--limit", "2")[1] == '[\n{"range": 0},\n{"range": 1}\n]\n'
    code = "import sys; from kardashev.cli import main; sys.exit(main(sys.argv[1:]))"
    argv = [sys.executable, "-c", code, "query", endless, "--csv", "--published", played]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert [process.stdout.readline() for _ in range(3)] == [b"range\n", b"0\n", b"1\n"]
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


@pytest.mark.parametrize("form", [[], ["--csv"], ["--json"]], ids=["table", "csv", "json"])
def test_hostile_names_are_printed_as_text(run, hostile, form):
    sql = "select display_name from dim_models"
    _, out, _ = run("query", sql, *form, "--published", hostile)
    assert out.replace("\n", "").isprintable()
    assert ":red[x]" in out
    if form == ["--json"]:
        assert {row["display_name"] for row in json.loads(out)} == set(HOSTILE)


def test_without_a_copy_one_line_says_what_to_do(run, tmp_path):
    status, out, err = run("query", "select 1", "--published", tmp_path / "none.duckdb")
    assert (status, out) == (2, "")
    assert err == (
        f"kardashev: no published copy at {tmp_path}/none.duckdb: run `dbt build` first\n"
    )
