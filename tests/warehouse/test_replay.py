"""Replays against production: the stakes that a replay comes to, landed and built, give the same payouts."""

import hashlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import tournament
from harness import KEYS, Warehouse, assert_same_marts, with_rules
from test_payouts import REAL_PAYOUTS, land_real_payouts

from kardashev.cli import main

ROUNDS = range(1, 8)
RULE = "everything"
ALL = ("--from", "1", "--to", "7", "--pay", RULE)
LATE_ENTRY = ("model_d", 3)  # stakes nothing before that round
IMPATIENT = "model_c"  # has no MPC in its sum, and is paid before the others
TERMS = (
    *("corr_v4,v1,0.2", "mmc,v1,1", "bmc,v1,0.3", "neutral_mmc,v1,0.5", "mpc,v3,0.5"),
    *("tc,v1,0.0003", "tc,undropped,0.0002", "tc,masked,0.0001", "tc,rank,0.01"),
)
PAID = ("fct_payouts", "fct_stake_ledger", "fct_fund_performance", "fct_meta_models")  # looked at
PAYS = "0.25,false,30,0.1,10"  # clip, clips_before_factor, stake_threshold_nmr, retention


def rule_rows(name, tournament_name):
    rule = f"{tournament_name},{name},,,,,{PAYS}"
    return rule, [f"{name},{term}" for term in TERMS]


def beside(text, rows):
    return "\n".join([text.rstrip(), *rows]) + "\n"


def in_place_of(text, name, rows):
    kept = [line for line in text.splitlines() if f"{name}," not in line]
    return "\n".join([*kept, *rows]) + "\n"


def error_line(capfd):
    """The one line that a command ends with."""
    said = capfd.readouterr().err.splitlines()
    (line,) = [line for line in said if line.startswith("kardashev: ")]
    return line


def land(landing, staked):
    """Seven rounds; final days are known by eight days after the close, so that payouts meet later rounds."""
    tournament.land_all(landing, ROUNDS)
    for number in ROUNDS:
        stakes = {"round_number": number, "model_id": tournament.MODELS}
        stakes["stake_nmr"] = [staked(number, model) for model in tournament.MODELS]
        stakes["mpc_multiplier"] = [0.0 if m == IMPATIENT else np.nan for m in tournament.MODELS]
        tournament.write(pd.DataFrame(stakes), landing, "stakes", number)
    for path in Path(landing, "targets").iterdir():
        frame = pd.read_parquet(path)
        number = frame["round_number"].iloc[0]
        days = np.where(frame["target"].isin(tournament.TARGETS[60]), 10, 8) * tournament.DAY
        frame["known_at"] = tournament.open_at(number) + days
        frame.to_parquet(path, index=False)


def constant_stake(number, model):
    is_in = model != LATE_ENTRY[0] or number >= LATE_ENTRY[1]
    return is_in * (2.0 + 4 * tournament.MODELS.index(model))


def arguments_of(warehouse, *arguments):
    places = ["--database", str(warehouse.database), "--landing", str(warehouse.landing)]
    return ["replay", *arguments, *places, "--project-dir", str(warehouse.project)]


def replay(warehouse, *arguments):
    return main(arguments_of(warehouse, *arguments))


def result(out, name, rule=RULE):
    """A table of a replay's own file, by its key."""
    with duckdb.connect(str(out), read_only=True) as connection:
        frame = connection.table(name).to_arrow_table().to_pandas()
    frame = frame[frame["payout_rule"] == rule].sort_values(KEYS[f"fct_{name}"])
    return frame.reset_index(drop=True)


def digest(folder):
    """Path → hash of every file below a folder but what dbt keeps of its parse."""
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "target" not in path.parts
    }


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    """Where replays make their scratch warehouses: nothing may stay there, whatever became of a replay."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    assert not list(folder.glob("kardashev-scratch-*"))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Landed with stakes that stay, and built; a second build has dropped its old signals."""
    rule, terms = rule_rows(RULE, "nobody")
    warehouse = with_rules(
        tmp_path_factory.mktemp("world"),
        payout_rules=lambda text: beside(text, [rule]),
        payout_terms=lambda text: beside(text, terms),
    )
    land(warehouse.landing, constant_stake)
    warehouse.build()
    warehouse.build()
    held = warehouse.query("select min(round_number) from int_signal_ranks")
    assert held > [(1,)]
    return warehouse


@pytest.fixture(scope="module")
def files(world, tmp_path_factory):
    """The replay of all rounds written to a file, and what lay below the world before it and after."""
    file = tmp_path_factory.mktemp("out") / "replay.duckdb"
    before = digest(world.folder)
    assert replay(world, *ALL, "--out", str(file)) == 0
    return file, before, digest(world.folder)


@pytest.fixture(scope="module")
def out(files):
    return files[0]


@pytest.fixture(scope="module")
def paid(out, tmp_path_factory):
    """The replay's stakes landed, under the replay's rule, and built."""
    stakes = result(out, "replayed_stakes").set_index(["round_number", "model_id"])
    rule, terms = rule_rows("house", "house")
    warehouse = with_rules(
        tmp_path_factory.mktemp("paid"),
        payout_rules=lambda text: in_place_of(text, "house,house", [rule]),
        payout_terms=lambda text: in_place_of(text, "house", terms),
    )
    land(warehouse.landing, lambda number, model: stakes["stake_nmr"].loc[(number, model)])
    warehouse.built_marts = PAID
    warehouse.build()
    return warehouse


def test_a_replays_stakes_landed_and_built_are_paid_what_the_replay_paid(out, paid):
    found = result(out, "replayed_stakes")
    expected = paid.marts()["fct_payouts"]
    assert found[["round_number", "model_id"]].equals(expected[["round_number", "model_id"]])
    for column in ("stake_nmr", "at_risk_nmr", "payout_factor", "payout_nmr"):
        np.testing.assert_allclose(found[column], expected[column], rtol=0, atol=1e-9)
    assert found["settled_at"].equals(expected["settled_at"])
    is_paid = (found["at_risk_nmr"] > 0) & expected["unpaid_reason"].isna()
    np.testing.assert_allclose(
        found["score_used"][is_paid], expected["score_used"][is_paid], rtol=0, atol=1e-9
    )
    assert is_paid.sum() > 10
    assert found["score_used"][~is_paid].isna().any()
    assert (found["payout_factor"] < 1).any()
    assert (found["payout_nmr"].abs() > 0.01).sum() >= 10


def test_only_settled_payouts_move_the_stakes_of_a_replay(paid):
    ledger = paid.marts()["fct_stake_ledger"]
    model, entry = LATE_ENTRY
    is_entry = (ledger["model_id"] == model) & (ledger["round_number"] == entry)
    moved = ledger[ledger["former_stake_nmr"].notna() & ~is_entry]
    np.testing.assert_allclose(moved["other_change_nmr"], 0, rtol=0, atol=1e-9)
    assert (moved["settled_nmr"] != 0).sum() > 5


@pytest.mark.parametrize("column", ["value", "frozen_value"])
def test_meta_models_of_a_replay_score_as_production_scores_them(world, out, paid, column):
    """Frozen stakes are those landed in the first world, paid ones those landed in the second."""
    production = paid if column == "value" else world
    names = ["round_number", "meta_model", "score", "score_version"]
    rows = production.query(f"select {', '.join(names)}, value from int_meta_model_scores")
    expected = pd.DataFrame(rows, columns=[*names, "value"]).set_index(names)["value"].dropna()
    found = result(out, "replayed_scores").set_index(names)[column].dropna()
    found = found[~found.index.get_level_values("score").isin(["alpha", "portfolio_return"])]
    assert set(found.index) == set(expected.index)
    np.testing.assert_allclose(found, expected.loc[found.index], rtol=0, atol=1e-12)


@pytest.mark.parametrize("column", ["value", "frozen_value"])
def test_the_fund_of_a_replay_returns_what_productions_does(world, out, paid, column):
    production = paid if column == "value" else world
    rows = production.marts()["fct_fund_performance"].query("is_final")
    expected = rows.set_index("round_number")["portfolio_return"].dropna()
    found = result(out, "replayed_scores").query("score == 'portfolio_return'")
    assert set(found["meta_model"]) == {"fund"}
    found = found.set_index("round_number")[column].dropna()
    assert len(found) > 3
    assert set(found.index) == set(expected.index)
    np.testing.assert_allclose(found, expected[found.index], rtol=0, atol=1e-9)


def test_alpha_of_the_meta_portfolio_is_its_return(out, paid):
    scores = result(out, "replayed_scores").query("score == 'alpha'")
    portfolios = paid.marts()["fct_meta_models"].query("meta_model == 'SWP'")
    for number in (2, 4, 6):  # their targets cover every stock
        weights = portfolios.query("round_number == @number").set_index("stock_id")["value"]
        target = tournament.target_values(number, "chili_60", 60)
        (value,) = scores.query("round_number == @number")["value"]
        np.testing.assert_allclose(value, (weights * target).sum(), rtol=0, atol=1e-12)


def test_payouts_move_the_meta_model(out):
    scores = result(out, "replayed_scores").query("meta_model == 'SWMM'")
    differs = scores["value"] != scores["frozen_value"]
    assert not differs[
        scores["round_number"] <= 2
    ].any()  # the first payout settles after the second close
    assert differs[scores["round_number"] > 2].sum() > 5
    frozen = result(out, "replayed_stakes", "frozen")
    keys = frozen[["round_number", "model_id"]].itertuples(index=False, name=None)
    assert frozen["stake_nmr"].tolist() == [constant_stake(*key) for key in keys]
    assert frozen["payout_nmr"].isna().all()


def test_a_replay_leaves_the_warehouse_its_published_copy_and_its_landing_as_they_are(files):
    _, before, after = files
    assert before == after


def test_the_next_build_publishes_a_landed_replay_in_place_of_its_former_one(
    world, out, tmp_path, capfd
):
    """
    It is written to files as well, in place of what lay there. A replay that lies in the landing twice counts
    once. Files of replays that cannot be used are named, and stop nothing.
    """
    before = world.marts()
    former = result(out, "replayed_stakes").assign(stake_nmr=1e6)
    tournament.write(former, world.landing, "replayed_stakes", f"1_7_{RULE}")
    (tmp_path / "replayed_stakes.parquet").write_text("what lay there before")
    assert replay(world, *ALL, "--publish", "--out", str(tmp_path), "--workers", "2") == 0
    assert RULE in capfd.readouterr().out
    assert replay(world, "--from", "2", "--to", "3", "--pay", RULE, "--publish") == 0
    folder = world.landing / "replayed_scores"
    of_all = folder / f"1_7_{RULE}.parquet"
    (folder / "same.parquet").write_bytes(of_all.read_bytes())
    (folder / "unread.parquet").write_bytes(b"no parquet")
    twice = pd.concat([pd.read_parquet(of_all)] * 2)
    twice.to_parquet(folder / "twice.parquet", index=False)
    assert world.marts()["fct_replayed_stakes"].empty
    said = world.build(succeeds=False, is_tested=True)
    assert "unread.parquet cannot be used" in said
    assert "rows repeat another's payout_rule" in said
    for name in ("unread", "same", "twice"):
        (folder / f"{name}.parquet").unlink()
    after = world.marts()
    for name in ("replayed_stakes", "replayed_scores"):
        mart = after.pop(f"fct_{name}")
        assert before.pop(f"fct_{name}").empty
        assert set(zip(mart["first_round"], mart["last_round"], strict=True)) == {(1, 7), (2, 3)}
        assert set(mart["payout_rule"]) == {RULE, "frozen"}
        found = mart[(mart["first_round"] == 1) & (mart["payout_rule"] == RULE)]
        pd.testing.assert_frame_equal(found.reset_index(drop=True), result(out, name))
        written = pd.read_parquet(tmp_path / f"{name}.parquet")
        assert len(written) == len(mart[mart["first_round"] == 1])
    after["fct_unusable_files"] = before["fct_unusable_files"]
    assert_same_marts(after, before)


def what_if(out):
    with duckdb.connect(str(out), read_only=True) as connection:
        frame = connection.table("what_if_payouts").to_arrow_table().to_pandas()
    return frame.sort_values(["payout_rule", "round_number", "model_id"])


def test_tried_stakes_are_paid_what_they_are_paid_once_they_are_landed(
    world, paid, tmp_path, capfd
):
    """Those of the other warehouse, tried in this one; the landed ones are paid what this one paid them."""
    stakes, out = tmp_path / "mine.parquet", tmp_path / "what_if.duckdb"
    expected = {"landed_": world.marts()["fct_payouts"], "": paid.marts()["fct_payouts"]}
    columns = ["model_id", "round_number", "stake_nmr"]
    expected[""][columns].assign(note="tried").to_parquet(stakes, index=False)
    rules = ("--pay", "house", "--stakes", str(stakes), "--out", str(out), "--json")
    assert replay(world, *ALL, *rules) == 0
    printed = json.loads(capfd.readouterr().out)
    assert set(printed) == {"what_if_totals", "accounts", "models", "what_if_scores"}
    assert {row["payout_rule"] for row in printed["models"]} == {"house", RULE}
    by_rule = dict(list(what_if(out).groupby("payout_rule")))
    for prefix, rule in (("landed_", "house"), ("", RULE)):
        found = by_rule[rule]
        key = ["round_number", "model_id"]
        payouts = expected[prefix].sort_values(key)
        assert found[key].to_numpy().tolist() == payouts[key].to_numpy().tolist()
        for name in ("stake_nmr", "at_risk_nmr", "payout_nmr"):
            np.testing.assert_allclose(found[prefix + name], payouts[name], rtol=0, atol=1e-9)
        assert (payouts["payout_nmr"].abs() > 0.001).sum() > 10
    difference = found["payout_nmr"] - found["landed_payout_nmr"]
    np.testing.assert_allclose(found["difference_nmr"], difference, rtol=0, atol=0)
    assert found["is_given"].all()


def test_who_would_be_at_risk_is_judged_for_a_stake_that_is_not_landed(world, tmp_path, capfd):
    """A model that is accepted in round 2 and not staked; and one that is zeroed, whatever it stakes."""
    model, stakes, out = LATE_ENTRY[0], tmp_path / "mine.csv", tmp_path / "what_if.duckdb"
    stakes.write_text(f"Stake_NMR,model_id\n30,{model}\n7,{tournament.FICKLE}\n")
    arguments = ["--from", "1", "--to", "2", "--pay", RULE, "--stakes", str(stakes)]
    assert replay(world, *arguments, "--out", str(out)) == 0
    shown = capfd.readouterr().out
    assert "tried models" in shown
    assert f"  {model} " in shown
    found = what_if(out).set_index(["round_number", "model_id"])
    assert (found.loc[[(1, model), (2, model)], "landed_stake_nmr"] == 0).all()
    reasons, at_risk = found["zeroed_reason"], found["at_risk_nmr"]
    assert reasons[1, model] == "no submission in the window"
    figures = world.marts()["fct_stability"].query("round_number == 2 and model_id == @model")
    assert figures["churn"].max() < 0.15
    assert figures["turnover"].max() < 0.2
    assert at_risk[2, model] == 30
    assert "churn is" in reasons[2, tournament.FICKLE]
    assert at_risk[2, tournament.FICKLE] == 0
    assert found["landed_payout_nmr"][2, model] == 0 != found["payout_nmr"][2, model]
    others = found[~found["is_given"]]
    assert set(found.index[found["is_given"]].get_level_values(1)) == {model, tournament.FICKLE}
    assert (others["stake_nmr"] == others["landed_stake_nmr"]).all()
    assert (others["difference_nmr"].abs() > 1e-6).any()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model_id,stake_nmr\nnobody,1\n", "row 1: model 'nobody' is not known"),
        ("model_id,stake_nmr\nmodel_b,-1\n", "row 1: stake_nmr -1 is not from 0 to"),
        ("model_id,stake_nmr\nmodel_b,nan\n", "row 1: stake_nmr nan is not from 0 to"),
        ("model_id,stake_nmr\nmodel_b,much\n", "row 1: stake_nmr 'much' is not a number"),
        ("model_id,stake_nmr\n,1\n", "row 1: there is no model_id"),
        (
            "model_id,stake_nmr\nmodel_b,1\nmodel_b,1\n",
            "row 2: the stake of model_b is named before",
        ),
        (
            "model_id,stake_nmr,round_number\nmodel_b,1,9\n",
            "its rounds, 9 to 9, are none of 1 to 7",
        ),
        ("model_id,stake_nmr,round_number\nmodel_b,1,\n", "row 1: round_number '' is not a whole"),
        ("model_id,nmr\nmodel_b,1\n", "it lacks stake_nmr: the columns are model_id, stake_nmr"),
        ("model_id,stake_nmr\n", "it has no row"),
        ("", "it is empty"),
    ],
)
def test_stakes_that_cannot_be_tried_are_one_line_that_says_where(
    world, tmp_path, capfd, text, message
):
    file = tmp_path / "mine.csv"
    file.write_text(text)
    assert replay(world, *ALL, "--stakes", str(file)) == 2
    line = error_line(capfd)
    assert line.startswith(f"kardashev: {file}: ")
    assert message in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "7", "--to", "1", "--pay", RULE], "--from is above --to"),
        (["--from", "70", "--to", "71", "--pay", RULE], "no live round from 70 to 71"),
        (["--from", "1", "--to", "7", "--pay", "alms"], "no payout rule alms: payout_rules has"),
        (
            ["--from", "1", "--to", "7", "--pay", "signals_corr"],
            "signals_corr pays on corr20 v1, which 7 of the rounds are not scored on, as 1",
        ),
    ],
    ids=["order", "rounds", "rule", "score"],
)
def test_what_cannot_be_replayed_is_one_line_that_says_why(world, capfd, arguments, message):
    assert replay(world, *arguments) == 2
    assert message in error_line(capfd)


def test_a_result_never_replaces_the_warehouse_nor_a_file_of_another_kind(world, tmp_path, capfd):
    before = digest(world.folder)
    (tmp_path / "mine.csv").write_text("a long enough text, and no DuckDB file")
    for file, message in (
        (world.database, "which the replay would replace"),
        (tmp_path / "mine.csv", "is no DuckDB file"),
    ):
        assert replay(world, *ALL, "--out", str(file)) == 2
        assert message in error_line(capfd)
    assert digest(world.folder) == before


def test_an_interrupted_replay_leaves_nothing_behind(world, scratch):
    """Here it is interrupted while dbt works in the scratch warehouse."""
    before = digest(world.folder)
    code = """if True:
        import signal, sys
        from kardashev.cli import main

        signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored
        sys.exit(main())
    """
    command = [sys.executable, "-c", code, *arguments_of(world, *ALL)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as running:
        while not list(scratch.glob("*/target")):
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert running.wait() == 130
    assert digest(world.folder) == before


def test_rounds_that_changed_since_they_were_built_are_not_replayed(world, capfd):
    """Nor those that a build left undone: their signals would not be those of their stakes."""
    min(world.landing.glob("universe/*.parquet")).touch()
    assert replay(world, *ALL) == 2
    assert "has changed since the last build: `dbt build` first" in error_line(capfd)
    with duckdb.connect(str(world.database)) as connection:
        connection.execute(
            "insert into int_rounds_due by name select round_number, 'killed' as build_id, "
            "false as is_left_out from dim_rounds where round_number = 7"
        )
    assert replay(world, *ALL) == 2
    assert "the last build left round 7 half done" in error_line(capfd)


def test_a_replay_of_real_rounds_is_the_plain_recursion(tmp_path, shared_data):
    """Rounds of which only stakes, multipliers and scores are known: payouts compound four weeks later."""
    warehouse = Warehouse(tmp_path)
    rows = land_real_payouts(warehouse.landing, shared_data / REAL_PAYOUTS)
    warehouse.build()
    out = tmp_path / "replay.duckdb"
    asked = ["--from", "240", "--to", "279", "--pay", "classic_corr_mmc", "--out", str(out)]
    assert replay(warehouse, *asked) == 0
    found = result(out, "replayed_stakes", "classic_corr_mmc")
    found = found.set_index(["round_number", "model_id"])[["stake_nmr", "payout_nmr"]]
    stakes, unsettled = {}, []
    for number, of_round in rows.groupby("round_number"):
        for settled in [payouts for last, payouts in unsettled if last == number - 5]:
            for model, payout in settled.items():
                stakes[model] = max(stakes[model] + payout, 0)
        for row in of_round.itertuples():
            if row.stake_nmr > 0:
                stakes.setdefault(row.model_id, row.stake_nmr)
        of_round = of_round.set_index("model_id")
        at_risk = pd.Series({model: stakes.get(model, 0.0) for model in of_round.index})
        at_risk = at_risk.where(of_round["stake_nmr"] > 0, 0)
        score = of_round["corr"] * of_round["corr_multiplier"]
        score = score + of_round["mmc"] * of_round["mmc_multiplier"]
        factor = min(1, 300_000 / at_risk.sum())
        payouts = at_risk * (factor * score).clip(-0.25, 0.25).fillna(0)
        unsettled.append((number, payouts[payouts != 0]))
        of_replay = found.loc[number].reindex(of_round.index)
        np.testing.assert_allclose(of_replay["payout_nmr"], payouts, rtol=0, atol=1e-8)
    assert found["stake_nmr"].loc[279].sum() > 2 * found["stake_nmr"].loc[240].sum()
    assert_twice_the_stake_is_paid_twice(warehouse, rows, tmp_path)


def assert_twice_the_stake_is_paid_twice(warehouse, rows, folder):
    """In rounds whose factor is landed, and whose scores follow no stake; others are paid what they were."""
    rows = rows.set_index(["round_number", "model_id"])
    model = rows["payout_nmr"].abs().groupby(level=1).sum().idxmax()
    tried = rows["stake_nmr"].xs(model, level=1, drop_level=False) * 2
    tried.reset_index().to_csv(folder / "twice.csv", index=False)
    asked = ["--from", "240", "--to", "279", "--pay", "classic_corr_mmc"]
    asked += ["--stakes", str(folder / "twice.csv"), "--out", str(folder / "twice.duckdb")]
    assert replay(warehouse, *asked) == 0
    found = what_if(folder / "twice.duckdb").set_index(["round_number", "model_id"])
    landed = found["landed_payout_nmr"].reindex(rows.index)
    np.testing.assert_allclose(landed, rows["payout_nmr"], rtol=0, atol=5e-5)
    expected = found["landed_payout_nmr"] * np.where(found["is_given"], 2, 1)
    np.testing.assert_allclose(found["payout_nmr"], expected, rtol=0, atol=1e-9)
    assert found["is_given"].sum() == len(tried)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--database", "run `dbt build` first"),
        ("--landing", "no landing at"),
        ("--project-dir", "no dbt project"),
    ],
)
def test_without_a_project_a_landing_or_a_warehouse_a_replay_says_so(
    tmp_path, capsys, option, message
):
    places = {"--database": tmp_path / "none.duckdb", "--landing": tmp_path} | {
        option: tmp_path / "none.duckdb"
    }
    options = [str(part) for place in places.items() for part in place]
    assert main(["replay", "--from", "1", "--to", "2", "--pay", "house", *options]) == 2
    assert message in capsys.readouterr().err
