"""Diagnostics: scores and statistics by other code than ours, and live rounds that do not notice them."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import tournament
from chain import Chain
from harness import PROJECT, Warehouse, assert_same_marts
from numerai_tools import scoring
from test_parity import TOLERANCE, Oracle

from kardashev.cli import main
from kardashev.errors import WarehouseError
from kardashev.inspection.diagnosis import print_diagnosis

LIVE, VALIDATION = (1, 2, 3, 4, 5, 6), (21, 22, 23, 24, 25)
YEARS_BACK = pd.Timedelta(weeks=520)
WITHOUT_CHILI, WITHOUT_MODEL_C = 24, 23
NEWCOMER = "model_b"  # comes in a second build
FINAL_DAYS = {name: h for h, names in tournament.TARGETS.items() for name in names}
SERIES = ["model_id", "metric", "score", "score_version", "target", "compared_with"]
NEUTRAL = {  # version → columns that the signal is neutralized to
    "neutral": lambda oracle: oracle.basis,
    "factor_neutral": lambda oracle: oracle.factors(),
    "v3_neutral": lambda oracle: oracle.factors().filter(like="feature_"),
}


def land_validation(landing):
    """Eras ten years back, stakes and all; every upload is one file over all eras, sent this year."""
    for number in VALIDATION:
        tournament.land_round(landing, number, kind="validation")
        path = landing / "rounds" / f"{number}.parquet"
        rows = pd.read_parquet(path)
        rows["era_date"] = [(tournament.era(number) - YEARS_BACK).date()]
        rows[["open_at", "close_at"]] -= YEARS_BACK
        rows.to_parquet(path, index=False)
        for horizon in tournament.TARGETS:
            if (number, horizon) != (WITHOUT_CHILI, 60):
                tournament.land_targets(landing, number, horizon)
    uploads = {}
    for model in tournament.MODELS:
        paths = [landing / "submissions" / f"{n}_{model}_1.parquet" for n in VALIDATION]
        rows = pd.concat(pd.read_parquet(path) for path in paths)
        rows["submitted_at"] = rows["submitted_at"].max()
        if model == "model_c":
            rows = rows[rows["round_number"] != WITHOUT_MODEL_C]
        uploads[model] = rows
        for path in paths:
            path.unlink()
    return uploads


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """Live rounds as in ``clean`` beside eras of validation; one model's upload comes in a second build."""
    warehouse = Warehouse(tmp_path_factory.mktemp("together"))
    tournament.land_all(warehouse.landing, LIVE)
    uploads = land_validation(warehouse.landing)
    for model, rows in uploads.items():
        if model != NEWCOMER:
            tournament.write(rows, warehouse.landing, "submissions", f"upload_{model}")
    warehouse.build()
    tournament.write(uploads[NEWCOMER], warehouse.landing, "submissions", f"upload_{NEWCOMER}")
    warehouse.build(is_tested=True)
    return warehouse


@pytest.fixture(scope="module")
def marts(together):
    return together.marts()


def test_live_rounds_are_as_without_validation(clean, marts):
    def of_live_rounds(frame):
        if "round_number" in frame:
            frame = frame[~frame["round_number"].isin(VALIDATION)]
        return frame.reset_index(drop=True)

    expected = clean.marts()
    diagnostics = ("fct_diagnostics", "fct_diagnostics_by_era")
    assert all(expected.pop(name).empty for name in diagnostics)
    assert set(expected.pop("dim_days")["calendar_date"]) < set(marts["dim_days"]["calendar_date"])
    found = {name: of_live_rounds(marts[name]) for name in expected}
    assert_same_marts(found, expected)


def test_an_upload_makes_nothing_anew_of_what_its_eras_landed(together):
    """Columns, targets and what they are judged on are as the first build left them."""
    targets = "(from int_target_deliveries_judged where is_measured and target != 'none')"
    assert together.query("select count(*) from int_target_deliveries_judged")[0][0]
    for worklist in ("int_columns_due", "int_loadings_due", "int_target_values_due", targets):
        due = together.query(f"select round_number from {worklist}")
        assert not {number for (number,) in due} & set(VALIDATION)
    for kept in ("int_factor_loadings", "int_target_values", "int_target_coverages"):
        held = together.query(f"select distinct round_number from {kept}")
        assert {number for (number,) in held} >= set(VALIDATION)


def test_corrections_reach_what_is_kept_of_targets(together, tmp_path):
    """A target corrected in one era, a column less of N in another; live days keep no values."""
    warehouse = Warehouse(tmp_path)
    shutil.copytree(together.folder, warehouse.folder, dirs_exist_ok=True)
    corrected, narrowed, *_ = VALIDATION
    path = next((warehouse.landing / "targets").glob(f"{corrected}_20_*"))
    rows = pd.read_parquet(path)
    rows["value"] = rows.groupby("target")["value"].transform(
        lambda values: values.to_numpy()[::-1]
    )
    rows.to_parquet(path, index=False)
    path = warehouse.landing / "neutralizers" / f"{narrowed}.parquet"
    pd.read_parquet(path).drop(columns="n_4").to_parquet(path, index=False)
    warehouse.build()
    due = warehouse.query("select distinct round_number from int_target_values_due where is_made")
    assert sorted(due) == [(corrected,), (narrowed,)]
    held = warehouse.query("select distinct round_number from int_target_values")
    assert {number for (number,) in held} == set(VALIDATION)
    marts = warehouse.marts()
    warehouse.build("--full-refresh")
    assert_same_marts(marts, warehouse.marts())


def test_nothing_is_staked_paid_or_held_in_validation(marts):
    def of_validation(name):
        return marts[name][marts[name]["round_number"].isin(VALIDATION)]

    assert (of_validation("fct_submissions")["status"] == "accepted").all()
    assert not of_validation("fct_stakes")["at_risk_nmr"].any()
    for name in ("fct_meta_models", "fct_portfolios", "fct_payouts", "fct_round_payouts"):
        assert of_validation(name).empty


class LateOracle(Oracle):
    """An era whose uploads came after its close."""

    def rows(self, table):
        rows = super().rows(table)
        return (
            rows.assign(close_at=rows["close_at"] + 2 * YEARS_BACK) if table == "rounds" else rows
        )


def expected_scores(oracle):
    found = {(score, "v1"): values for score, values in oracle.target_scores({}).items()}
    if oracle.number != WITHOUT_CHILI:
        others = oracle.other_scores({})
        found |= {key: values for key, values in others.items() if key[0] != "mpc"}
    targets = {"corr_v4": "factor_feat_neutral_20", "ic_v2": "raw_return_20"}
    targets["ric"] = "factor_neutral_20"
    for score, target in targets.items():
        for version, columns in NEUTRAL.items():
            found[score, version] = scoring.feature_neutral_corr(
                oracle.predictions, columns(oracle), oracle.target(target)
            )
    # Their plain forms are what FNC is of.
    return {k: v for k, v in found.items() if k[0] != "corr_v4" or k[1] in ("v1", "neutral")}


@pytest.mark.parametrize("number", VALIDATION)
def test_every_score_of_an_era_equals_the_organisers_code(together, marts, number):
    oracle = LateOracle(together.landing, number, FINAL_DAYS)
    by_era = marts["fct_diagnostics_by_era"].query("round_number == @number")
    keys = ["score", "score_version", "model_id"]
    scores = by_era[by_era["metric"] == "score"].set_index(keys).sort_index()
    for (score, version), values in expected_scores(oracle).items():
        found = scores.loc[(score, version), "value"]
        assert set(found.index) == set(oracle.predictions.columns)
        np.testing.assert_allclose(
            found[values.index], values, rtol=0, atol=TOLERANCE, err_msg=f"{score} {version}"
        )
    examples = by_era[by_era["metric"] == "example_correlation"]
    found = examples.pivot(index="model_id", columns="compared_with", values="value")
    correlations = oracle.gaussian().corr()[list(tournament.BENCHMARKS)]
    for example in tournament.BENCHMARKS:
        correlations.loc[example, example] = np.nan  # none with itself
    np.testing.assert_allclose(found, correlations.loc[found.index, found.columns], atol=TOLERANCE)
    assert ("model_c" in found.index) == (number != WITHOUT_MODEL_C)


def test_churn_turnover_and_coverage_are_those_of_the_era(marts):
    by_era = marts["fct_diagnostics_by_era"]
    stability = marts["fct_stability"].query("round_number in @VALIDATION")
    for figure in ("churn", "turnover", "neutral_churn"):
        keys = ["round_number", "model_id"]
        found = by_era[by_era["metric"] == figure].set_index(keys)["value"]
        pd.testing.assert_series_equal(
            found.sort_index(), stability.set_index(keys)[figure].sort_index(), check_names=False
        )
    assert (stability["round_number"] - stability["lag_round"] == 1).all()
    coverage = by_era[by_era["metric"] == "coverage"]["value"]
    assert coverage.between(0.7, 1).all()


def test_the_estimated_payout_is_that_of_alpha_alone_within_the_clip(marts):
    rows = marts["fct_diagnostics_by_era"].set_index(["round_number", "model_id"])
    alpha = rows.query("score == 'alpha'")["value"]
    churn = rows.query("metric == 'neutral_churn'")["value"].reindex(alpha.index).astype(float)
    kept = np.minimum(1, 2 / (1 + np.exp(10 * (churn - 0.1)))).fillna(1)
    paid = (0.3 * alpha).clip(-0.017, 0.017)
    found = rows.query("metric == 'estimated_payout'")
    np.testing.assert_allclose(
        found["value"].reindex(paid.index), paid.where(paid <= 0, paid * kept)
    )
    unpaid = found.query("round_number == @WITHOUT_CHILI")
    assert unpaid["value"].isna().all()
    assert unpaid["null_reason"].str.contains("missing").all()


def expected_statistics(values):
    """Statistics of values in the order of eras, NaN where one is missing, by pandas and plain loops."""
    known = values.dropna()
    n, mean, std = len(known), known.mean(), known.std(ddof=0)
    is_constant = n == 0 or np.ptp(known) < 1e-12
    wealth = np.concatenate([[1], (1 + known).cumprod()])
    drawdown = np.max(1 - wealth / np.maximum.accumulate(wealth))
    pairs = pd.concat([values, values.shift()], axis=1).dropna()
    has_pairs = len(pairs) > 1 and (pairs.std(ddof=0) > 1e-12).all()
    rho = values.autocorr() if has_pairs and not is_constant else np.nan
    penalty = 1 + 2 * sum((n - i) / n * rho**i for i in range(1, n))
    has_deviation = np.isfinite(rho) and penalty > 1e-12
    return {
        "mean": mean,
        "std": std,
        "smallest": known.min(),
        "largest": known.max(),
        "sharpe": np.nan if is_constant else scoring.sharpe_ratio(known),
        "max_drawdown": drawdown if n else np.nan,
        "calmar": mean * 52 / drawdown if drawdown > 1e-15 else np.nan,
        "autocorrelation": rho,
        "smart_sharpe": mean / (std * np.sqrt(penalty)) if has_deviation else np.nan,
        "share_positive": (known > 0).mean() if n else np.nan,
    }


def assert_summaries_match(by_era, summary, eras):
    """Every row of a summary against pandas; what pandas does not have is null with a reason."""
    count = 0
    summaries = dict(tuple(summary.groupby(["model_id", *SERIES[2:]], dropna=False)))
    for key, rows in by_era.groupby(SERIES):
        values = rows.set_index("round_number")["value"].astype(float).reindex(eras)
        model, metric, *rest = key
        of_series = summaries[model, *rest]
        suffix = "" if metric == "score" else f"_{metric}"
        found = of_series.set_index("metric")
        for name, value in expected_statistics(values).items():
            if name + suffix not in found.index:
                assert rest[2] in ("", "none")
                continue
            row = found.loc[name + suffix]
            if pd.isna(value):
                assert pd.isna(row["value"]), (key, name)
                assert row["null_reason"], (key, name)
            else:
                assert abs(row["value"] - value) <= TOLERANCE * max(1, abs(value)), (key, name)
            assert row["era_count"] == values.notna().sum()
            count += 1
    return count


def test_every_statistic_of_a_build_equals_pandas(marts):
    by_era, summary = marts["fct_diagnostics_by_era"], marts["fct_diagnostics"]
    assert assert_summaries_match(by_era, summary, list(VALIDATION)) == len(summary)
    largest = summary.query("metric == 'largest' and score == 'max_exposure'")
    assert largest["attained_by"].isin(tournament.factors(1).columns).all()


def test_the_terminal_shows_a_models_past(together, capsys):
    print_diagnosis(together.published, "model_a")
    shown = capsys.readouterr().out
    assert f"{len(VALIDATION)} eras of validation" in shown
    for name in ("corr_v4", "standard_factors+medium_features", "model_f", "estimated_payout"):
        assert name in shown
    with pytest.raises(WarehouseError, match="nobody has no diagnostics"):
        print_diagnosis(together.published, "nobody")


DRAWN_ERAS = range(1, 41)


def drawn_series():
    """Values by era: plain, persistent, constant, negative, lone, with gaps, every other one, none."""
    rng = np.random.default_rng(5)
    steps = rng.normal(0.01, 0.03, len(DRAWN_ERAS))
    persistent = pd.Series(steps).ewm(alpha=0.2).mean().to_numpy()
    index = np.arange(len(DRAWN_ERAS))
    return {
        "plain": steps,
        "persistent": persistent,
        "small": steps * 1e-4,
        "constant": np.full(len(steps), 0.02),
        "negative": -np.abs(steps),
        "positive": np.abs(steps),
        "lone": np.where(index == 7, 0.02, np.nan),
        "lone_loss": np.where(index == 7, -0.02, np.nan),
        "two": np.where((index == 7) | (index == 8), steps, np.nan),
        "gaps": np.where(rng.random(len(steps)) < 0.3, np.nan, steps),
        "every_other": np.where(index % 2, np.nan, steps),
        "alternating": np.where(index % 2, 0.01, -0.01),
        "none": np.full(len(steps), np.nan),
    }


def test_statistics_of_drawn_series_equal_pandas(clean):
    rows = pd.DataFrame(drawn_series(), index=pd.Index(DRAWN_ERAS, name="round_number"))
    rows = rows.melt(var_name="model_id", value_name="value", ignore_index=False).reset_index()
    is_row = rows["value"].notna() | (rows["model_id"] == "none") | (rows["round_number"] % 3 == 0)
    by_era = rows[is_row].assign(
        metric="score", score="s", score_version="v1", target="t", compared_with="", factor_set=None
    )
    by_era["attained_by"], by_era["null_reason"] = None, by_era["value"].isna().map({True: "r"})
    dates = [pd.Timestamp("2016-01-01") + pd.Timedelta(weeks=n) for n in DRAWN_ERAS]
    by_era["era_date"] = by_era["round_number"].map(dict(zip(DRAWN_ERAS, dates, strict=True)))
    text = {"factor_set": "string", "attained_by": "string", "null_reason": "string"}
    by_era = by_era.astype(text | {"round_number": "int32"})
    rounds = {"round_number": DRAWN_ERAS, "era_date": dates, "kind": "validation"}
    inputs = {
        "fct_diagnostics_by_era": by_era.sample(frac=1, random_state=1),
        "int_diagnosed_models_due": by_era[["model_id"]].drop_duplicates(),
        "dim_rounds": pd.DataFrame(rounds).assign(rule_set="house"),
        "diagnostic_rules": pd.DataFrame({"tournament": ["house"], "eras_a_year": [52]}),
    }
    chain = Chain(clean.folder / "target", set(inputs), last="fct_diagnostics")
    with chain.run(inputs) as connection:
        summary = connection.sql("from fct_diagnostics").to_df()
    assert assert_summaries_match(by_era, summary, list(DRAWN_ERAS)) == len(summary) == 130
    worst = summary.query("metric == 'smallest' and model_id == 'plain'")["attained_round"]
    assert worst.tolist() == [1 + int(np.argmin(drawn_series()["plain"]))]


def test_a_file_is_diagnosed_as_what_it_becomes_when_it_is_sent(together, tmp_path, capfd):
    """The newcomer's upload under the name of its file, with days of the era's week for dates."""
    rows = pd.read_parquet(together.landing / "submissions" / f"upload_{NEWCOMER}.parquet")
    days = {number: tournament.era(number) - YEARS_BACK for number in VALIDATION}
    (id_type,) = set(rows["id_type"])
    dates = rows["round_number"].map(days).dt.strftime("%Y-%m-%d")
    file = tmp_path / "mine.parquet"
    columns = {id_type: rows["id"], "signal": rows["signal"], "date": dates}
    pd.DataFrame(columns).to_parquet(file, index=False)
    places = ["--landing", str(together.landing), "--database", str(together.database)]
    places += ["--published", str(together.published), "--project-dir", str(PROJECT), "--json"]

    def told(name, *options):
        assert main(["diagnose", str(name), *places, *options]) == 0
        return json.loads(capfd.readouterr().out)

    html = tmp_path / "mine.html"
    of_file, of_model = told(file, "--html", str(html)), told(NEWCOMER)
    assert of_file["model_id"] == "mine"
    assert of_file["eras"] == of_model["eras"] == len(VALIDATION)
    assert of_file["scores"] == of_model["scores"]
    assert of_file["exposures"] == of_model["exposures"]
    assert not list(together.landing.rglob("*mine*"))
    assert "Upload mine" in html.read_text()
