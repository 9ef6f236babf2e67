"""Scores of a whole build against the organiser's own code, from the landed files up."""

from functools import cached_property

import duckdb
import numpy as np
import pandas as pd
import pytest
import tournament
from numerai_tools import scoring
from stability_oracle import stability, stakes_at_risk

TOLERANCE = 1e-9
CORRELATIONS = {
    "corr_v4": "factor_feat_neutral_20",
    "ric": "factor_neutral_20",
    "ic_v2": "raw_return_20",
}

FACTORS = ("beta", "momentum", "size", "volatility", "country", "sector", "feature")


def valid_signal(rows, universe):
    """An upload's signal by stock, None where a rule of submissions is broken."""
    stocks = universe.reset_index().assign(id=universe.index)
    ids = stocks.dropna(subset=rows["id_type"].iloc[0])
    ids = ids.set_index(rows["id_type"].iloc[0])["stock_id"]
    known = rows.assign(stock_id=rows["id"].map(ids)).dropna(subset="stock_id")
    signal = known.set_index("stock_id")["signal"]
    is_valid = (
        rows["id"].notna().all()
        and signal.index.is_unique
        and len(signal) >= 100
        and signal.between(-1e-8, 1 + 1e-8).all()
        and signal.std() > 1e-8
    )
    return signal if is_valid else None


class Oracle:
    """One round by numerai-tools, from the landed files and nothing of the warehouse."""

    def __init__(self, landing, number, final_days):
        self.number, self.final_days = number, final_days
        self.landing = landing
        universe = self.rows("universe").set_index("stock_id").sort_index()
        self.weights = universe["sample_weight"]
        basis = self.rows("neutralizers").set_index("stock_id").sort_index()
        self.basis = basis.drop(columns=[c for c in basis if not c.startswith("n_")])
        rounds = self.rows("rounds")
        uploads = self.rows("submissions")
        uploads = uploads[uploads["submitted_at"] <= rounds["close_at"].iloc[0]]
        prepared = {}
        for (model, submitted), rows in uploads.groupby(["model_id", "submitted_at"]):
            signal = valid_signal(rows, universe)
            if signal is not None:
                prepared.setdefault(model, {})[submitted] = signal
        columns = {}
        for model, versions in prepared.items():
            signal = scoring.tie_kept_rank(versions[max(versions)].sort_index())
            columns[model] = signal.reindex(universe.index).fillna(0.5)
        self.predictions = pd.DataFrame(columns)

    @cached_property
    def stability(self):
        """Churn and turnover of each accepted model in its window."""
        return stability(self)

    @cached_property
    def stakes(self):
        """Stake at risk of each accepted model."""
        stakes = self.rows("stakes").set_index("model_id")["stake_nmr"]
        return stakes_at_risk(self, stakes.reindex(self.predictions.columns).fillna(0.0))

    def rows(self, table):
        files = f"{self.landing}/{table}/**/*.parquet"
        rows = duckdb.sql(
            f"from read_parquet('{files}', union_by_name = true) where round_number = {self.number}"
        )
        return rows.to_arrow_table().to_pandas()

    def target(self, name):
        rows = self.rows("targets")
        rows = rows[(rows["target"] == name) & (rows["score_day"] == self.final_days[name])]
        return rows.set_index("stock_id")["value"].sort_index()

    def gaussian(self):
        return scoring.gaussian(scoring.tie_kept_rank(self.predictions))

    def factors(self):
        frame = self.rows("factors").set_index("stock_id").sort_index()
        names = [c for c in frame if c.startswith(FACTORS)]
        return frame.loc[self.predictions.index, names]

    def benchmarks(self):
        models = duckdb.sql(f"from read_parquet('{self.landing}/models/**/*.parquet')")
        models = models.to_arrow_table().to_pandas().set_index("model_id")
        return models.index[models["is_benchmark"].fillna(False).astype(bool)]

    def meta_models(self):
        gaussian, stakes = self.gaussian(), self.stakes
        found = {}
        if stakes.sum() > 0:
            found["SWMM"] = scoring.stake_weight(gaussian, stakes)
            found["SNWMM"] = gaussian[stakes[stakes > 0].index].mean(axis=1)
            weights = scoring.generate_neutralized_weights(
                self.predictions, self.basis, self.weights
            )
            portfolio = weights @ (stakes / stakes.sum())
            found["SWP"] = scoring.weight_normalize(scoring.center(portfolio))
        if (stakes >= 10).any():
            found["SNWMMmin10"] = gaussian[stakes[stakes >= 10].index].mean(axis=1)
        of_benchmarks = stakes[stakes.index.isin(self.benchmarks())]
        if of_benchmarks.sum() > 0:
            found["BMM"] = scoring.stake_weight(gaussian, of_benchmarks)
        return found

    def target_scores(self, meta_models, k=None):
        """Scores with a target that have a top/bottom form, in the plain form or in that of k."""
        predictions, neutral = self.predictions, self.target("factor_neutral_20")
        found = {
            score: scoring.numerai_corr(predictions, self.target(target), top_bottom=k)
            for score, target in CORRELATIONS.items()
        }
        found["fnc_v4"] = scoring.feature_neutral_corr(
            predictions, self.factors(), self.target("factor_feat_neutral_20"), top_bottom=k
        )
        features = self.factors().filter(like="feature_")
        found["fnc_v3"] = scoring.feature_neutral_corr(
            predictions, features, self.target("factor_feat_neutral_20"), top_bottom=k
        )
        found["neutral_corr"] = scoring.neutral_correlation(
            predictions, self.basis, neutral, top_bottom=k
        )
        for score, name in (("mmc", "SNWMMmin10"), ("bmc", "BMM")):
            if name in meta_models:
                found[score] = scoring.correlation_contribution(
                    predictions, meta_models[name], neutral, top_bottom=k
                )
        if "SNWMMmin10" in meta_models:
            found["neutral_mmc"] = scoring.neutral_contribution(
                predictions, meta_models["SNWMMmin10"], self.basis, neutral, top_bottom=k
            )
        return found

    def other_scores(self, meta_models):
        """Portfolio scores, and those without a target."""
        chili = self.target("chili_60")
        market = self.basis, self.weights, chili
        found = {("alpha", "v1"): scoring.alpha(self.predictions, *market)}
        if self.stakes.sum() > 0:
            mpc = scoring.meta_portfolio_contribution(self.predictions, self.stakes, *market)
            found |= {("mpc", "v3"): mpc, ("mpc", "v2"): mpc * 50}
        gaussian = self.gaussian()
        for score, name in (("cwmm", "SWMM"), ("cwsnmm", "SNWMM"), ("cwbmm", "BMM")):
            if name in meta_models:
                powered = scoring.power(gaussian, 1.5)
                found[score, "v1"] = powered.corrwith(meta_models[name])
        others = gaussian.corr().where(~np.eye(gaussian.shape[1], dtype=bool))
        if gaussian.shape[1] > 1:
            found |= {("mcwsm", "v1"): others.max(), ("apcwsm", "v1"): others.mean()}
        ours = others[others.columns.intersection(self.benchmarks())]
        if ours.notna().any(axis=None):
            found |= {("mcwnm", "v1"): ours.max(axis=1), ("apcwnm", "v1"): ours.mean(axis=1)}
        exposures = pd.DataFrame(
            {model: self.factors().corrwith(gaussian[model]).abs() for model in gaussian}
        )
        found["max_exposure", "v1"] = exposures.max()
        found["rms_exposure", "v1"] = np.sqrt((exposures**2).mean())
        return found

    def attained_by(self):
        """Whose signal is nearest, and which factor the largest exposure is to."""
        gaussian, factors = self.gaussian(), self.factors()
        exposures = {model: factors.corrwith(gaussian[model]).abs().round(12) for model in gaussian}
        largest = {model: found.idxmax() for model, found in exposures.items()}
        others = gaussian.corr().where(~np.eye(gaussian.shape[1], dtype=bool)).round(12)
        nearest = others.idxmax() if gaussian.shape[1] > 1 else None
        ours = others[others.columns.intersection(self.benchmarks())]
        ours = ours[ours.notna().any(axis=1)]
        nearest_of_ours = ours.idxmax(axis=1) if len(ours) else None
        return {
            "max_exposure": pd.Series(largest),
            "mcwsm": nearest,
            "mcwnm": nearest_of_ours,
        }

    def in_span(self):
        """Models whose signal leaves only rounding noise outside N: null here, scored by numerai-tools."""
        gaussian = self.gaussian()
        residual = scoring.neutralize(gaussian, self.basis.loc[gaussian.index])
        return residual.columns[residual.std() <= 1e-6 * gaussian.std()]

    def scores(self, meta_models, k=None):
        """Every score that numerai-tools or pandas has, by (score, version)."""
        found = {
            (score, "v1"): v for score, v in self.target_scores(meta_models).items()
        } | self.other_scores(meta_models)
        if k is not None and 2 * k <= len(self.target("factor_neutral_20")):
            extremes = self.target_scores(meta_models, k)
            found |= {(score, f"tb{k}"): v for score, v in extremes.items()}
        return found


def assert_round_matches(oracle, marts, k=None):
    """Meta models and scores of one round, and that what the oracle cannot score is null with a reason."""
    of_round = {
        name: f[f["round_number"] == oracle.number]
        for name, f in marts.items()
        if "round_number" in f
    }
    meta_models = of_round["fct_meta_models"].pivot(
        index="stock_id", columns="meta_model", values="value"
    )
    expected = oracle.meta_models()
    assert set(meta_models.columns) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(meta_models[name], values, rtol=0, atol=1e-12, err_msg=name)

    scores = of_round["fct_scores"]
    expected = oracle.scores(meta_models, k)
    in_span = oracle.in_span()
    for (score, version), values in expected.items():
        found = scores[(scores["score"] == score) & (scores["score_version"] == version)]
        found = found[found["is_final"]].set_index("model_id")["value"].reindex(values.index)
        if score in ("neutral_corr", "neutral_mmc"):
            assert found[in_span].isna().all()
            found, values = found.drop(in_span), values.drop(in_span)
        np.testing.assert_allclose(
            found, values, rtol=0, atol=TOLERANCE, err_msg=f"{score} {version}"
        )
    for score, names in oracle.attained_by().items():
        found = scores[scores["score"] == score].set_index("model_id")["attained_by"]
        if names is not None:
            found = found.dropna().sort_index()
            pd.testing.assert_series_equal(found, names, check_names=False)
    named = pd.MultiIndex.from_tuples(
        [*expected, ("mpc", "v1")] if ("mpc", "v3") in expected else [*expected]
    )
    others = scores[~scores.set_index(["score", "score_version"]).index.isin(named)]
    others = others[others["score"] != "tc"]  # numerai-tools has none: test_true_contribution.py
    assert others["value"].isna().all()
    assert others["null_reason"].notna().all()


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_every_score_equals_the_organisers_code(clean, number):
    final_days = {name: horizon for horizon, names in tournament.TARGETS.items() for name in names}
    assert_round_matches(Oracle(clean.landing, number, final_days), clean.marts())
