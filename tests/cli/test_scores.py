"""A model's scores on the terminal are those of fct_scores, the newest day of each round."""

import json

import duckdb
import pytest
from published_copies import ERAS, HOSTILE, ROUNDS, SERIES

NEWEST = 100 + ROUNDS - 1


@pytest.fixture
def scores(run, played):
    return lambda *argv: run("scores", *argv, "--published", played)


def rows(printed):
    return json.loads(printed[1])


def test_the_newest_day_of_each_official_score_is_shown(scores, played):
    found = rows(scores("model_3", "--json"))
    assert [row["round_number"] for row in found[::3]] == list(range(NEWEST, NEWEST - 10, -1))
    assert {row["score"] for row in found} == {score for score, *_ in SERIES}
    with duckdb.connect(str(played), read_only=True) as connection:
        query = """
            select round_number, score, arg_max((score_day, value, percentile, is_final), score_day)
            from fct_scores where model_id = 'model_3' and is_canon group by all
        """
        expected = {row[:2]: row[2] for row in connection.execute(query).fetchall()}
    for row in found:
        day, value, percentile, is_final = expected[row["round_number"], row["score"]]
        assert (row["score_day"], row["value"], row["percentile"]) == (day, value, percentile)
        assert row["state"] == ("final" if is_final else "running")
    assert {row["state"] for row in found} == {"final", "running"}


def test_a_model_is_found_by_its_name_too(scores):
    assert scores("Minnow") == scores("model_3")


def test_an_unknown_model_is_one_line_with_near_names(scores):
    status, out, err = scores("Minow")
    assert (status, out) == (2, "")
    assert err == "kardashev: there is no model 'Minow': did you mean Minnow?\n"


def test_one_score_one_round_and_the_last_rounds_can_be_asked(scores):
    found = rows(scores("model_3", "--score", "mcwsm", "--last", "2", "--json"))
    assert [(row["round_number"], row["score"]) for row in found] == [
        (NEWEST, "mcwsm"),
        (NEWEST - 1, "mcwsm"),
    ]
    found = rows(scores("model_3", "--round", str(ERAS), "--json"))  # of validation
    assert [row["round_number"] for row in found] == [ERAS] * len(SERIES)


def test_what_has_no_score_is_said_in_one_line(scores):
    assert scores("model_3", "--score", "zzz")[2] == "kardashev: model_3 has no zzz\n"
    said = "kardashev: model_3 has no official score in round 7777\n"
    assert scores("model_3", "--round", "7777")[2] == said


def test_a_table_has_a_line_for_each_score_and_csv_all_digits(scores):
    _, table, _ = scores("model_3", "--last", "1")
    assert len(table.splitlines()) == 1 + len(SERIES)
    _, printed, _ = scores("model_3", "--last", "1", "--csv")
    values = [row["value"] for row in rows(scores("model_3", "--last", "1", "--json"))]
    assert [float(line.split(",")[7]) for line in printed.splitlines()[1:]] == values


def test_hostile_names_find_their_model_and_steer_nothing(run, hostile):
    for name in HOSTILE:
        status, out, err = run("scores", "--published", hostile, "--", name)
        assert (status, err) == (0, "")
        assert out.replace("\n", "").isprintable()
    status, _, err = run("scores", "\x1b[31mred\x1b[0m\nlines", "--published", hostile)
    assert status == 2
    assert err.endswith("\n") and err[:-1].isprintable()
