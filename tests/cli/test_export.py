"""Files to send on hold what is published and landed, in headers that the door and Numerai read."""

import io

import duckdb
import numpy as np
import pandas as pd
import pytest
import tournament
from published_copies import ROUNDS as LIVE
from published_copies import make_copy

from kardashev.landing.door import Door

ROUND, OTHER = 1, 2
MODEL = "model_b"
FIELDS = {"mmc": "mmc", "tc": "tc"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy whose rounds 1 and 2 are made from a landing beside it; both."""
    folder = tmp_path_factory.mktemp("copy")
    landing = folder / "landing"
    for number in (ROUND, OTHER):
        tournament.land_round(landing, number)
        path = landing / "universe" / f"{number}.parquet"
        stocks = pd.read_parquet(path)
        stocks["numerai_ticker"] = stocks["stock_id"] + " US"
        stocks["composite_figi"] = ("BBG" + stocks["stock_id"]).where(stocks.index > 1)
        stocks.to_parquet(path, index=False)
    path = make_copy(folder / "published.duckdb")
    meta_model = pd.DataFrame(
        {
            "round_number": ROUND,
            "meta_model": "SWMM",
            "stock_id": tournament.stock_ids(ROUND),
            "value": np.round(np.random.default_rng(2).normal(size=tournament.STOCKS), 1),
        }
    )
    upload = pd.read_parquet(landing / "submissions" / f"{ROUND}_{MODEL}_1.parquet")
    sent = upload["submitted_at"].max().tz_convert(None)
    files = [
        (number, f"{name}/{file.name}", name)
        for number in (ROUND, OTHER)
        for name in ("universe", "submissions")
        for file in (landing / name).glob(f"{number}*.parquet")
    ]
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"update dim_rounds set kind = if(round_number = {OTHER}, 'live', kind), "
            f"open_at = if(round_number = {OTHER}, timestamp '2030-01-01', open_at)"
        )
        connection.execute("update leaderboard_models set is_ranked = model_id != 'model_0'")
        connection.register("meta_model", meta_model)
        connection.execute("insert into fct_meta_models by name from meta_model")
        connection.executemany(
            "insert into fct_provenance_files (round_number, path, table_name) values (?, ?, ?)",
            files,
        )
        connection.execute(
            "insert into fct_submissions (round_number, model_id, status, submitted_at) "
            "values (?, 'model_1', 'accepted', ?), (?, 'model_2', 'quarantined', null)",
            [ROUND, sent, ROUND],
        )
    uploads = landing / "submissions" / f"{ROUND}_{MODEL}_1.parquet"
    upload.assign(model_id="model_1").to_parquet(uploads, index=False)
    return path, landing


@pytest.fixture
def export(run, copy):
    path, landing = copy
    landed = ("submission", "universe")

    def export(what, *argv):
        places = ["--published", path, *(["--landing", landing] if what in landed else [])]
        return run("export", what, *argv, *places)

    return export


def frame(printed):
    status, out, _ = printed
    assert status == 0
    return pd.read_csv(io.StringIO(out))


def test_a_meta_model_is_sent_as_ranks_of_numerais_identifiers(export, copy):
    found = frame(export("submission", "--meta-model", "SWMM", "--round", ROUND))
    assert list(found) == ["numerai_ticker", "signal"]
    with duckdb.connect(str(copy[0]), read_only=True) as connection:
        rows = connection.execute("from fct_meta_models").df().set_index("stock_id")["value"]
    expected = (rows.rank() - 0.5) / len(rows)
    expected.index += " US"
    found = found.set_index("numerai_ticker")["signal"]
    np.testing.assert_allclose(found[expected.index], expected, rtol=0, atol=1e-15)


def test_a_models_upload_is_as_it_was_sent_and_the_door_takes_it_again(export, copy, tmp_path):
    file = tmp_path / "again.csv"
    status, out, err = export("submission", "--model", "Blend", "--round", ROUND, "--output", file)
    assert (status, out) == (0, "")
    sent = pd.read_parquet(copy[1] / "submissions" / f"{ROUND}_{MODEL}_1.parquet")
    (id_type,) = set(sent["id_type"])
    found = pd.read_csv(file).set_index(id_type)
    assert err == f"{len(sent):,} rows written to {file}\n"
    np.testing.assert_allclose(
        found.iloc[:, 0].sort_index(), sent.set_index("id")["signal"].sort_index()
    )
    receipt = Door(copy[1]).land(file, ROUND, "alice", tournament.open_at(ROUND))
    assert receipt.rows == len(sent)


def test_stocks_are_named_as_asked_and_those_without_that_name_are_left_out(export):
    status, out, err = export(
        "submission", "--meta-model", "SWMM", "--round", ROUND, "--id", "composite_figi"
    )
    assert (status, err) == (0, "2 stocks without composite_figi are left out\n")
    assert out.startswith("composite_figi,signal\n")
    found = frame(export("submission", "--meta-model", "SWMM", "--round", ROUND, "--id", "id"))
    assert list(found) == ["id", "prediction"]  # the header that goes with it
    status, _, err = export("submission", "--meta-model", "SWMM", "--round", ROUND, "--id", "cusip")
    assert status == 2 and err.startswith(f"kardashev: no stock of round {ROUND} has a cusip")


def test_a_universe_has_the_identifiers_that_are_landed_of_the_newest_live_round(export, tmp_path):
    file = tmp_path / "universe.parquet"
    assert export("universe", "--output", file)[0] == 0
    found = pd.read_parquet(file)
    assert list(found)[:2] == ["numerai_ticker", "composite_figi"]
    assert set(found["data_type"]) == {"live"} and found["date"].nunique() == 1
    assert sorted(found["numerai_ticker"]) == sorted(tournament.stock_ids(OTHER) + " US")


def test_a_leaderboard_has_numerapis_names_and_the_values_of_the_mart(export, copy):
    found = frame(export("leaderboard", "--models", "--score", "mmc")).set_index("username")
    names = [
        "displayName",
        "rank",
        "prevRank",
        "nmrStaked",
        "corrV4",
        "mmc",
        "return1y",
        "return1yNmr",
    ]
    assert set(names) <= set(found)
    with duckdb.connect(str(copy[0]), read_only=True) as connection:
        rows = connection.execute(
            "from leaderboard_models where is_ranked and as_of_date = "
            "(select max(as_of_date) from leaderboard_models where is_ranked)"
        ).df()
    for score, name in FIELDS.items():
        of_score = rows[rows["score"] == score].set_index("model_id")
        assert len(of_score)
        np.testing.assert_allclose(found.loc[of_score.index, name], of_score["reputation"])
    of_mmc = rows[rows["score"] == "mmc"].set_index("model_id")
    assert list(found.loc[of_mmc.index, "rank"]) == list(of_mmc["rank"])
    assert list(found["rank"]) == sorted(found["rank"])
    np.testing.assert_allclose(found.loc[of_mmc.index, "nmrStaked"], of_mmc["stake_nmr"])
    assert "model_0" not in found.index  # a benchmark
    accounts = frame(export("leaderboard"))
    assert list(accounts) == ["username", *found]
    assert set(accounts["username"]) == {f"account_{n}" for n in range(6)}


def test_scores_are_a_row_for_each_live_round_and_official_score(export, copy):
    found = frame(export("scores", "model_3"))
    with duckdb.connect(str(copy[0]), read_only=True) as connection:
        rows = connection.execute(
            "select round_number, score, value, percentile, score_day from fct_scores "
            "inner join dim_rounds using (round_number) "
            "where model_id = 'model_3' and is_canon and kind = 'live' "
            "qualify score_day = max(score_day) over (partition by round_number, score)"
        ).df()
    assert len(found) == len(rows) >= LIVE
    joined = found.merge(
        rows, left_on=["roundNumber", "displayName"], right_on=["round_number", "score"]
    )
    assert len(joined) == len(rows)
    np.testing.assert_allclose(joined["value_x"], joined["value_y"])
    np.testing.assert_allclose(joined["day"], joined["score_day"])
    assert found.loc[~found["roundResolved"], "roundResolveTime"].isna().all()
    assert found.loc[found["roundResolved"], "roundResolveTime"].notna().all()
    one = frame(export("scores", "Minnow", "--round", 101))
    assert set(one["roundNumber"]) == {101}


@pytest.mark.parametrize(
    ("argv", "cause"),
    [
        (["submission", "--model", "Nobody"], "there is no model 'Nobody'"),
        (["submission", "--model", "model_2", "--round", ROUND], "it is quarantined"),
        (["submission", "--model", "model_3", "--round", ROUND], "it is missing"),
        (["submission", "--meta-model", "XMM", "--round", ROUND], "round 1 has no meta model XMM"),
        (["universe", "--round", "7777"], "no round 7777 is published"),
        (["universe", "--round", "100"], "has no universe/ of round 100: name its landing"),
        (["leaderboard", "--score", "zzz"], "the leaderboard has no zzz: one of"),
        (["scores", "model_3", "--round", "7777"], "has no official score in round 7777"),
        (["scores", "model_3", "--output", "scores.xls"], "scores.xls ends in neither .csv nor"),
        (["scores", "model_3", "--output", "no/where.csv"], "no/where.csv cannot be written"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_exported_is_one_line(export, argv, cause):
    status, out, err = export(*argv)
    assert (status, out) == (2, "")
    assert cause in err and err.count("\n") == 1


def test_an_empty_copy_is_told_so(run, empty):
    status, _, err = run("export", "leaderboard", "--published", empty)
    assert (status, err) == (2, "kardashev: the leaderboard is empty: no live round is resolved\n")


def test_hostile_names_are_printed_as_text(run, hostile):
    status, out, err = run("export", "leaderboard", "--published", hostile)
    assert (status, err) == (0, "")
    assert len(out.splitlines()) > 1 and out.replace("\n", "").isprintable()
