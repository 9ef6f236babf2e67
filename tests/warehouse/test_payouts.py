"""Payouts of whole builds: the real ones, and by plain arithmetic from scores and stakes."""

import json
import math
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
import tournament
from harness import PROJECT, assert_same_marts

from kardashev.cli import main
from kardashev.inspection.audit.command import audited
from kardashev.inspection.audit.published import reading_copy

FIRST_ROUND, FIRST_OPENING = 240, pd.Timestamp("2020-11-28 18:00", tz="UTC")
REAL_PAYOUTS = "numerai_payouts_r240_r279.csv.gz"
CLIP, THRESHOLD = 0.017, 36_000
TERMS = {("alpha", "v1"): 0.3, ("mpc", "v3"): 0.8}


def land_real_payouts(landing, path):
    """Rounds, models, stakes with multipliers, and scores; nothing else is known of these rounds."""
    rows = duckdb.sql(f"from read_csv('{path}')").to_arrow_table().to_pandas()
    rows = rows.rename(columns={"model": "model_id"})
    opening = FIRST_OPENING + 7 * tournament.DAY * (rows["round_number"] - FIRST_ROUND)
    rounds = pd.DataFrame(
        {
            "tournament": "classic",
            "round_number": rows["round_number"],
            "kind": "live",
            "era_date": (opening - tournament.DAY).dt.date,
            "open_at": opening,
            "close_at": opening + 2 * tournament.DAY,
            "payout_factor": rows["payout_factor"],
        }
    )
    tournament.write(rounds.drop_duplicates(), landing, "rounds", "all")
    tournament.write(rows[["model_id"]].drop_duplicates(), landing, "models", "all")
    stakes = rows.rename(columns={"corr_multiplier": "corr20_multiplier"})
    kept = ["round_number", "model_id", "stake_nmr", "corr20_multiplier", "mmc_multiplier"]
    tournament.write(stakes[kept], landing, "stakes", "all")
    scores = rows.rename(columns={"corr": "corr20"}).melt(
        ["round_number", "model_id"], ["corr20", "mmc"], "score", "value"
    )
    known_at = FIRST_OPENING + tournament.DAY * (7 * (scores["round_number"] - FIRST_ROUND) + 32)
    scores = scores.assign(score_version="v1", score_day=20, known_at=known_at)
    tournament.write(scores, landing, "scores", "all")
    return rows


def take_in_real_payouts(warehouse, path):
    """The same rounds, as numerapi returns them: half of the models in its newer shape, half in its older."""
    rows = duckdb.sql(f"from read_csv('{path}')").to_arrow_table().to_pandas()
    opening = FIRST_OPENING + 7 * tournament.DAY * (rows["round_number"] - FIRST_ROUND)
    named = {
        "model": rows["model"],
        "roundNumber": rows["round_number"],
        "roundOpenTime": opening.astype(str),
        "roundResolveTime": (opening + 32 * tournament.DAY).astype(str),
        "roundResolved": True,
        "roundPayoutFactor": rows["payout_factor"],
        "corrMultiplier": rows["corr_multiplier"],
        "mmcMultiplier": rows["mmc_multiplier"],
    }
    older = pd.DataFrame(named).assign(
        corr=rows["corr"], mmc=rows["mmc"], payout=rows["payout_nmr"]
    )
    older["selectedStakeValue"] = rows["stake_nmr"]
    is_newer = rows["model"] < "model_0400"
    files = [warehouse.folder / name for name in ("newer.json", "older.parquet")]
    older[~is_newer].to_parquet(files[1], index=False)
    newer = {}
    for row in older[is_newer].astype(object).where(older.notna(), None).to_dict("records"):
        scores = [
            {"displayName": name, "value": row.pop(name), "day": 20, "payoutSettled": row["payout"]}
            for name in ("corr", "mmc")
        ]
        row |= {"atRisk": str(row.pop("selectedStakeValue")), "submissionScores": scores}
        newer.setdefault(row.pop("model"), []).append(row)
    files[0].write_text(json.dumps(newer))
    options = ["--tournament", "classic", "--landing", str(warehouse.landing)]
    options += ["--project-dir", str(PROJECT)]
    assert main(["ingest", "history", *map(str, files), *options]) == 0
    return rows.rename(columns={"model": "model_id"})


def test_every_real_payout_is_reproduced(warehouse, shared_data):
    rows = take_in_real_payouts(warehouse, shared_data / REAL_PAYOUTS)
    warehouse.build(is_tested=True)
    marts = warehouse.marts()
    key = ["round_number", "model_id"]
    payouts = marts["fct_payouts"].set_index(key)
    expected = rows.set_index(key)["payout_nmr"]
    assert len(expected) == 25_930
    assert set(payouts.index) == set(expected.index)
    assert payouts["is_settled"].all()
    found = payouts["payout_nmr"].reindex(expected.index)
    np.testing.assert_allclose(found, expected, rtol=0, atol=5e-5)
    statuses = marts["fct_submissions"].set_index(key)["status"]
    assert (statuses[expected.index] == "accepted").all()
    assert (statuses.drop(expected.index) == "missing").all()
    totals = marts["fct_round_payouts"].set_index("round_number")["net_nmr"]
    np.testing.assert_allclose(totals, expected.groupby(level=0).sum(), rtol=0, atol=0.1)
    board = marts["leaderboard_models"]
    board = board[board["as_of_date"] == board["as_of_date"].max()]
    paid = board.groupby("model_id")["payout_all_time_nmr"].first()
    of_model = expected[rows.set_index(key)["stake_nmr"] > 0].groupby(level=1).sum()
    np.testing.assert_allclose(paid.reindex(of_model.index), of_model, rtol=0, atol=2e-3)
    for metric, column in (("corr", "corr"), ("mmc", "mmc")):
        means = board[board["score"] == metric].set_index("model_id")["reputation_all_time"]
        scored = rows.dropna(subset=column).groupby("model_id")[column].mean()
        assert set(means.index) == set(scored.index)
        np.testing.assert_allclose(means[scored.index], scored, rtol=0, atol=1e-12)
    with reading_copy(warehouse.published) as copy:  # scores taken elsewhere, and no universe
        parts = audited(copy, warehouse.landing, PROJECT / "seeds" / "rules", [FIRST_ROUND])
    assert not any(part.findings for part in parts.values())
    assert parts["payouts"].count == 5 * (rows["round_number"] == FIRST_ROUND).sum()


def expected_payout(row, scores):
    """One payout of `house` by hand."""
    used = sum(
        m * scores.get((row.round_number, row.model_id, *t), math.nan) for t, m in TERMS.items()
    )
    share = min(max(row.payout_factor * used, -CLIP), CLIP)
    kept = min(1, 2 / (1 + math.exp(10 * (row.mean_neutral_churn - 0.1)))) if share > 0 else 1
    return row.at_risk_nmr * share * kept


def test_payouts_are_what_the_rule_says(clean):
    marts = clean.marts()
    payouts = marts["fct_payouts"].merge(
        marts["fct_stakes"][["round_number", "model_id", "mean_neutral_churn"]],
        on=["round_number", "model_id"],
    )
    scores = marts["fct_scores"].query("is_final")
    key = ["round_number", "model_id", "score", "score_version"]
    scores = scores.set_index(key)["value"].to_dict()
    assert (payouts["payout_factor"] == 1).all()
    is_ours = payouts["model_id"].isin(tournament.BENCHMARKS)
    assert (payouts.loc[is_ours, "at_risk_nmr"] > 0).any()
    assert (payouts.loc[is_ours, "payout_nmr"] == 0).all()
    at_risk = payouts[(payouts["at_risk_nmr"] > 0) & ~is_ours]
    assert len(at_risk) > 5
    expected = [expected_payout(row, scores) for row in at_risk.itertuples()]
    np.testing.assert_allclose(at_risk["payout_nmr"], expected, rtol=0, atol=1e-12)
    assert (payouts["payout_nmr"].abs() <= CLIP * payouts["at_risk_nmr"] + 1e-15).all()
    assert (payouts.loc[payouts["at_risk_nmr"] == 0, "payout_nmr"] == 0).all()
    assert (at_risk["payout_nmr"].abs() < CLIP * at_risk["at_risk_nmr"]).any()


def test_rounds_add_up_to_their_totals(clean):
    marts = clean.marts()
    by_round = marts["fct_payouts"].groupby("round_number")
    totals = marts["fct_round_payouts"].set_index("round_number")
    np.testing.assert_allclose(totals["net_nmr"], by_round["payout_nmr"].sum(), atol=1e-12)
    np.testing.assert_allclose(
        totals["paid_nmr"] - totals["burned_nmr"], totals["net_nmr"], atol=1e-12
    )
    np.testing.assert_allclose(totals["at_risk_nmr"], by_round["at_risk_nmr"].sum(), atol=1e-12)


def test_a_payout_is_pending_then_settled_then_revised_with_a_trace(warehouse, clean):
    shutil.copytree(clean.landing, warehouse.landing)
    (final,) = (warehouse.landing / "targets").glob("5_60_60_0.parquet")
    final.unlink()
    tournament.land_targets(warehouse.landing, 5, 60, day=6)
    warehouse.build()
    pending = of_round(warehouse.marts(), 5)
    assert not pending["is_settled"].any()
    assert pending["payout_nmr"].isna().all()
    assert (pending.loc[pending["at_risk_nmr"] > 0, "pending_nmr"] != 0).any()
    assert of_round(warehouse.marts(), 5, "fct_payout_revisions").empty

    tournament.land_targets(warehouse.landing, 5, 60)
    (warehouse.landing / "targets" / "5_60_6_0.parquet").unlink()
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())

    tournament.land_targets(warehouse.landing, 5, 60, revision=3)
    warehouse.build()
    settled, revised = of_round(clean.marts(), 5), of_round(warehouse.marts(), 5)
    assert (revised["settled_at"] == settled["settled_at"]).all()
    is_staked = (revised["at_risk_nmr"] > 0).to_numpy()
    assert (revised.loc[is_staked, "revision_count"] == 1).all()
    assert (revised.loc[is_staked, "known_at"] > revised.loc[is_staked, "settled_at"]).all()
    trace = of_round(warehouse.marts(), 5, "fct_payout_revisions")
    first = trace[trace["is_first"]].set_index("model_id")["payout_nmr"]
    np.testing.assert_allclose(first, settled.set_index("model_id")["payout_nmr"], atol=1e-12)
    total = trace.groupby("model_id")["change_nmr"].sum()
    np.testing.assert_allclose(total, revised.set_index("model_id")["payout_nmr"], atol=1e-12)


def of_round(marts, number, name="fct_payouts"):
    frame = marts[name]
    return frame[frame["round_number"] == number].reset_index(drop=True)


@pytest.mark.parametrize(
    ("name", "owner"), [("leaderboard_models", "model_id"), ("leaderboard_accounts", "account_id")]
)
def test_returns_are_products_over_the_rounds_of_the_window(clean, name, owner):
    marts = clean.marts()
    paid = marts["fct_payout_revisions"].merge(
        marts["fct_stakes"][["round_number", "model_id", "at_risk_nmr"]],
        on=["round_number", "model_id"],
    )
    paid = paid[paid["at_risk_nmr"] > 0].merge(marts["dim_models"], on="model_id")
    paid = paid[paid["is_ranked"]]
    closes = marts["dim_rounds"].set_index("round_number")["close_at"].dt.date
    checked = 0
    for (day, entrant), rows in marts[name].groupby(["as_of_date", owner]):
        known = paid[(paid[owner] == entrant) & (paid["known_at"].dt.date <= day)]
        for window, months in (("one_year", 12), ("three_months", 3), ("all_time", 1200)):
            first = (pd.Timestamp(day) - pd.DateOffset(months=months)).date()
            inside = known[known["round_number"].map(closes) > first]
            rounds = inside.groupby("round_number")[["payout_nmr", "at_risk_nmr"]].sum()
            found = rows[[f"return_{window}", f"payout_{window}_nmr"]].drop_duplicates()
            assert len(found) == 1
            if rounds.empty:
                assert found.isna().all(axis=None) or (found == 0).all(axis=None)
                continue
            growth = (1 + rounds["payout_nmr"] / rounds["at_risk_nmr"]).prod() - 1
            expected = [growth, rounds["payout_nmr"].sum()]
            np.testing.assert_allclose(found.iloc[0], expected, rtol=0, atol=1e-12)
            checked += 1
    assert checked > 10


def test_a_landed_score_is_scored_as_it_is_and_wins_over_the_same_delivery(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.built_marts = ("fct_scores", "fct_submissions", "fct_payouts")
    ric = clean.marts()["fct_scores"].query(
        "round_number == 5 and score == 'ric' and score_version == 'v1'"
    )
    known_at = ric["known_at"].iloc[0].tz_localize("UTC")
    landed = pd.DataFrame(
        {
            "round_number": 5,
            "model_id": ["model_a", "model_c", "guest"],
            "score": "ric",
            "score_version": "v1",
            "score_day": 20,
            "value": [0.5, 0.25, 0.125],
            "known_at": [known_at, known_at + tournament.DAY, known_at],
        }
    )
    path = tournament.write(landed, warehouse.landing, "scores", "ric")
    warehouse.build(is_tested=True)
    marts = warehouse.marts()
    found = marts["fct_scores"].query(
        "round_number == 5 and score == 'ric' and score_version == 'v1'"
    )
    found = found.set_index("model_id")["value"]
    assert found[["model_a", "model_c", "guest"]].tolist() == [0.5, 0.25, 0.125]
    others = ric.set_index("model_id")["value"].drop(["model_a", "model_c"])
    np.testing.assert_allclose(found[others.index], others, rtol=0, atol=1e-12)
    statuses = of_round(marts, 5, "fct_submissions").set_index("model_id")["status"]
    assert statuses["guest"] == "accepted"
    path.unlink()
    warehouse.build()
    former = clean.marts()
    assert_same_marts(warehouse.marts(), {name: former[name] for name in warehouse.built_marts})


def test_a_lie_about_scores_or_pay_refuses_its_round(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    lies = {1: {"value": math.inf}, 2: {}, 3: {"score": "corr_v5"}, 4: {"score_day": 21}}
    for number, lie in lies.items():
        row = {
            "round_number": number,
            "model_id": "model_a",
            "score": "ric",
            "score_version": "v1",
            "score_day": 20,
            "value": 0.5,
            "known_at": pd.Timestamp("2026-06-01", tz="UTC"),
        }
        rows = [row | lie] * (1 if lie else 2)
        tournament.write(pd.DataFrame(rows), warehouse.landing, "scores", number)
    for table, number, lie in (
        ("stakes", 5, {"mmc_multiplier": -1.0}),
        ("rounds", 6, {"payout_factor": 2.0}),
    ):
        path = warehouse.landing / table / f"{number}.parquet"
        pd.read_parquet(path).assign(**lie).to_parquet(path, index=False)
    output = warehouse.build(succeeds=False, is_tested=True)
    for number, expectation in enumerate(
        (
            "scores/ scores: values finite",
            "scores/ scores: models named once",
            "scores/ scores: scores of the round",
            "scores/ scores: scores of the round",
            "stakes/ stakes: multipliers not negative",
            "rounds/ rounds: payout terms in range",
        ),
        start=1,
    ):
        assert f"round {number} is refused: {expectation}" in output
    seen, former = warehouse.marts(), clean.marts()
    for name in ("fct_scores", "fct_stakes", "fct_stability", "fct_payouts"):
        assert_same_marts({name: seen[name]}, {name: former[name]})
