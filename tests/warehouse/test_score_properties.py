"""Scores of drawn rounds, hostile in every way that passes the door, against the organiser's code.

Each draw runs the production models. Where numerai-tools refuses for want of shared stocks the score must be
null; where its own assertions fail for another reason, there is nothing to compare with.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from chain import Chain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numerai_tools import scoring

K = 3
TOLERANCE = 1e-9
NOW = pd.Timestamp("2026-03-01")
DEFINITIONS = [
    # score, family, target, meta_model, factor_set, has_target_power, normalizer
    ("corr", "correlation", "t", None, None, True, None),
    ("corr_plain", "correlation", "t", None, None, False, None),
    ("spearman", "rank_correlation", "t", None, None, False, None),
    ("fnc", "correlation", "t", None, "factors", True, None),
    ("mmc", "contribution", "t", "SWMM", None, False, None),
    ("neutral_corr", "neutral_correlation", "t", None, "neutralizers", False, None),
    ("neutral_mmc", "neutral_contribution", "t", "SWMM", "neutralizers", False, None),
    ("alpha", "alpha", "t", None, None, False, None),
    ("mpc", "mpc", "t", None, None, False, "l2"),
    ("cwmm", "correlation", "none", "SWMM", None, False, None),
    ("mcwsm", "nearest_signal", "none", None, None, False, None),
    ("apcwsm", "mean_signal", "none", None, None, False, None),
    ("mcwnm", "nearest_reference", "none", None, None, False, None),
    ("apcwnm", "mean_reference", "none", None, None, False, None),
    ("max_exposure", "largest_exposure", "none", None, "factors", False, None),
]
REFERENCES = 2  # the operator's own models, the first ones
CORRELATIONS = ("corr", "corr_plain", "spearman", "fnc", "neutral_corr")
EXTREMES = ("corr_plain", "fnc", "mmc", "neutral_corr", "neutral_mmc")


class Round:
    """One drawn round: what the warehouse is given, and what the organiser's code is given."""

    def __init__(self, seed, stocks, models, ties, target, absent, uncovered, foreign, without_n):
        rng = np.random.default_rng(seed)
        self.ids = np.array([f"S{i:03d}" for i in range(stocks)])
        self.models = [f"model_{i}" for i in range(models)]
        signals = rng.random((stocks, models))
        if ties:
            signals = np.round(signals * ties) / ties
        signals[0], signals[1] = 0.0, 1.0  # no signal is constant
        sent = rng.random((stocks, models)) >= absent
        sent[:4] = True
        self.signals = pd.DataFrame(signals, self.ids, self.models).where(sent)
        ranked = self.signals.apply(lambda s: scoring.tie_kept_rank(s.dropna()))
        self.predictions = ranked.reindex(self.ids).fillna(0.5)
        self.stakes = pd.Series(rng.random(models) * (rng.random(models) > 0.4), self.models) * 50
        self.weights = pd.Series(rng.random(stocks) + 0.5, self.ids)
        has_n = rng.random(stocks) >= without_n
        self.basis = pd.DataFrame(rng.normal(size=(stocks, 2)), self.ids, ["n0", "n1"])[has_n]
        factors = rng.normal(size=(stocks, 3)) * [1, 1e3, 1e-3]
        factors[:, 2] = factors[:, 0] if seed % 2 else factors[:, 2]
        self.factors = pd.DataFrame(factors, self.ids, ["f0", "f1", "f2"])
        values = {
            "binned": rng.choice([0, 0.25, 0.5, 0.75, 1], stocks),
            "returns": rng.normal(0.01, 0.1, stocks),
            "constant": np.full(stocks, 0.5),
        }[target]
        covered = rng.random(stocks) >= uncovered
        outside = int(foreign * stocks)
        self.target = pd.concat(
            [
                pd.Series(values[covered], self.ids[covered]),
                pd.Series(rng.random(outside), [f"X{i:03d}" for i in range(outside)]),
            ]
        ).sort_index()
        self.target.name = "t"

    def inputs(self, number=1):
        """Relations before the chain, as production fills them."""
        keys = {stock: 1000 - i for i, stock in enumerate(self.ids)}  # not in the order of the ids
        model_keys = {model: 50 - i for i, model in enumerate(self.models)}
        sent = self.signals.stack().dropna().rename("signal").reset_index()
        days = pd.DataFrame(
            {
                "round_number": np.int32(1),
                "target": ["t", "none"],
                "score_day": np.array([20, 0], np.int32),
                "known_at": NOW,
                "is_final": True,
                "is_superseded": False,
                "has_target": True,
                "fingerprint": "f",
                "is_due": True,
            }
        )
        due = {"is_changed": True, "is_stale": True, "is_prepared": True, "is_pruned": False}
        matched = self.signals.notna().sum()
        return {
            "int_rounds_due": pd.DataFrame([{"round_number": np.int32(1), **due}]),
            "int_target_days_due": days,
            "int_target_values_due": days.assign(is_made=True),
            "int_round_scores": definitions(),
            "int_round_meta_models": pd.DataFrame(
                {
                    "round_number": np.int32(1),
                    "meta_model": ["SWMM"],
                    "weighting": "stake",
                    "is_of_benchmarks": False,
                    "minimum_stake_nmr": 0.0,
                    "is_minimum_included": False,
                }
            ),
            "int_round_factor_sets": pd.DataFrame(
                {"round_number": [np.int32(1)], "factor_set": "factors", "factor_pattern": "f*"}
            ),
            "int_round_neutral_sets": pd.DataFrame(
                {"round_number": np.int32(1), "factor_set": ["neutralizers", "factors"]}
            ),
            "int_loadings_due": pd.DataFrame(
                [{"round_number": np.int32(1), "fingerprint": "f", "is_made": True}]
            ),
            "int_round_references": pd.DataFrame(
                {
                    "round_number": np.int32(1),
                    "model_id": self.models[:REFERENCES],
                    "is_benchmark": False,
                }
            ),
            "int_submissions": pd.DataFrame(
                {
                    "round_number": np.int32(1),
                    "model_key": pd.array([model_keys[m] for m in self.models], "int32"),
                    "model_id": self.models,
                    "status": "accepted",
                    "submitted_at": NOW,
                    "stocks_matched": matched.to_numpy(),
                    "stocks_filled": len(self.ids) - matched.to_numpy(),
                    "stock_count": len(self.ids),
                }
            ),
            "int_signals_matched": pd.DataFrame(
                {
                    "round_number": np.int32(1),
                    "model_key": sent["level_1"].map(model_keys).astype("int32"),
                    "submitted_at": NOW,
                    "stock_key": sent["level_0"].map(keys).astype("int32"),
                    "has_id": True,
                    "signal": sent["signal"],
                }
            ),
            "int_universe": pd.DataFrame(
                {
                    "round_number": np.int32(1),
                    "stock_key": pd.array([keys[i] for i in self.ids], "int32"),
                    "stock_id": self.ids,
                    "sample_weight": self.weights.to_numpy(),
                }
            ),
            "int_stakes_at_risk": pd.DataFrame(
                {
                    "round_number": np.int32(1),
                    "model_key": pd.array([model_keys[m] for m in self.models], "int32"),
                    "at_risk_nmr": self.stakes.to_numpy(),
                }
            ),
            "stg_tournament__targets": pd.DataFrame(
                {
                    "round_number": np.int32(1),
                    "target": "t",
                    "score_day": np.int32(20),
                    "known_at": NOW,
                    "stock_id": self.target.index,
                    "value": self.target.to_numpy(),
                }
            ),
            "int_true_contributions": no_true_contributions(),
            "given_factors": listed(self.factors),
            "given_neutralizers": listed(self.basis),
            "int_column_files": column_files(factors=self.factors, neutralizers=self.basis),
            "int_column_scans": column_scans(number, factors=self.factors, neutralizers=self.basis),
        }

    def expected(self):
        """Scores by numerai-tools: a series, None for "must be null", or left out."""
        p, t, n, v = self.predictions, self.target, self.basis, self.weights
        gaussian = scoring.gaussian(scoring.tie_kept_rank(p))
        has_stake = self.stakes.sum() > 0
        swmm = scoring.stake_weight(gaussian, self.stakes) if has_stake else None
        neutral = scoring.tie_kept_rank__gaussianize__neutralize__variance_normalize(
            p, self.factors
        )
        neutral = neutral.round(9)  # residuals that are equal in theory are tied

        def fnc(top_bottom=None):
            return scoring.numerai_corr(neutral, t, top_bottom=top_bottom)

        def plain(top_bottom=None):
            return scoring.numerai_corr(p, t, top_bottom=top_bottom, target_pow15=False)

        def mmc(top_bottom=None):
            return scoring.correlation_contribution(p, swmm, t, top_bottom)

        def neutral_corr(top_bottom=None):
            return scoring.neutral_correlation(p, n, t, top_bottom=top_bottom)

        def neutral_mmc(top_bottom=None):
            return scoring.neutral_contribution(p, swmm, n, t, top_bottom)

        def spearman():
            target, predictions = scoring.filter_sort_index(t, p)
            return predictions.apply(lambda s: scoring.spearman_correlation(target, s))

        found = {
            "corr": outcome(scoring.numerai_corr, p, t),
            "corr_plain": outcome(plain),
            "spearman": outcome(spearman),
            "fnc": outcome(fnc),
            "neutral_corr": outcome(neutral_corr),
            "max_exposure": pd.Series(
                {m: self.factors.corrwith(gaussian[m]).abs().max() for m in self.models}
            ),
        }
        if len(self.models) > 1:
            others = gaussian.corr().where(~np.eye(len(self.models), dtype=bool))
            found |= {"mcwsm": others.max(), "apcwsm": others.mean()}
            ours = others[self.models[:REFERENCES]]
            found |= {"mcwnm": ours.max(axis=1), "apcwnm": ours.mean(axis=1)}
        else:
            found |= dict.fromkeys(("mcwsm", "apcwsm", "mcwnm", "apcwnm"))
        for score, take in (("mmc", mmc), ("neutral_mmc", neutral_mmc)):
            found[score] = outcome(take) if has_stake else None
        powered = scoring.tie_kept_rank__gaussianize__pow_1_5(p)
        found["cwmm"] = powered.corrwith(swmm) if has_stake else None
        if len(n) == len(p):
            found["alpha"] = outcome(scoring.alpha, p, n, v, t)
            found["mpc"] = (
                outcome(scoring.meta_portfolio_contribution, p, self.stakes, n, v, t)
                if has_stake
                else None
            )
        shared = len(p.index.intersection(t.index))
        if shared < 2 * K:
            return found | dict.fromkeys((f"{score} tb{K}" for score in EXTREMES), None)
        is_tied = (self.predictions.nunique() < len(p)).any()
        for score, take in (("corr_plain", plain), ("fnc", fnc), ("mmc", mmc)):
            if score == "corr_plain" or not is_tied:
                found[f"{score} tb{K}"] = outcome(take, K) if has_stake or score != "mmc" else None
        if not is_tied and len(n) == len(p):
            found[f"neutral_corr tb{K}"] = outcome(neutral_corr, K)
            found[f"neutral_mmc tb{K}"] = outcome(neutral_mmc, K) if has_stake else None
        return {score: values for score, values in found.items() if values is not NOTHING}


NOTHING = object()  # the organiser's code fails an assertion of its own


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except AssertionError as error:
        return None if "overlapping ids" in str(error) else NOTHING


def no_true_contributions():
    """TC is no score of the organiser's code: test_portfolios.py has it."""
    texts = dict.fromkeys(("score", "score_version", "target", "null_reason"), "str")
    numbers = dict.fromkeys(("value", "standard_error", "half_sample_correlation"), "float64")
    keys = dict.fromkeys(("round_number", "model_key", "score_day"), "int32")
    kinds = keys | texts | numbers | {"known_at": "datetime64[us]"}
    return pd.DataFrame({name: pd.array([], kind) for name, kind in kinds.items()})


def listed(frame):
    rows = {"stock_id": frame.index, "column_values": list(frame.to_numpy())}
    return pd.DataFrame(rows | {"round_number": np.int32(1)})


def column_files(**frames):
    rows = [(1, name, list(frame.columns)) for name, frame in frames.items()]
    return pd.DataFrame(rows, columns=["round_number", "table_name", "value_columns"])


def column_scans(number, **frames):
    scan = "select stock_id, column_values from given_{} where round_number = {}"
    rows = [
        (number, name, list(frame), scan.format(name, number)) for name, frame in frames.items()
    ]
    return pd.DataFrame(rows, columns=["round_number", "table_name", "names", "scan"])


def definitions():
    rows = []
    for score, family, target, meta_model, factor_set, has_power, normalizer in DEFINITIONS:
        for k in (None, K) if score in EXTREMES else (None,):
            form = f"{family} {factor_set} {meta_model} {k}" if k else None
            rows.append(
                {
                    "round_number": np.int32(1),
                    "score": f"{score} tb{k}" if k else score,
                    "score_version": "v1",
                    "family": family,
                    "target": target,
                    "meta_model": meta_model,
                    "factor_set": factor_set,
                    "has_target_power": has_power,
                    "top_bottom": k,
                    "extreme_form": form,
                    "normalizer": normalizer,
                    "scale": 0.02,
                    "minimum_overlap": 0.8,
                    "metric": None,
                    "keeps_daily": False,
                }
            )
    return pd.DataFrame(rows).astype({"top_bottom": "Int32"})


@pytest.fixture(scope="module")
def chain(clean):
    return Chain(clean.folder / "target", set(Round(0, 10, 2, 0, "binned", 0, 0, 0, 0).inputs()))


drawn_rounds = st.builds(
    Round,
    seed=st.integers(0, 2**32),
    stocks=st.integers(8, 40),
    models=st.integers(1, 5),
    ties=st.sampled_from([0, 0, 10, 2]),
    target=st.sampled_from(["binned", "returns", "constant"]),
    absent=st.sampled_from([0, 0.3]),
    uncovered=st.sampled_from([0, 0.1, 0.3]),
    foreign=st.sampled_from([0, 0.1, 0.4]),
    without_n=st.sampled_from([0, 0, 0.1]),
)


def together(rounds):
    """The inputs of several rounds, numbered from 1."""
    inputs = [drawn.inputs(number) for number, drawn in enumerate(rounds, 1)]
    for number, tables in enumerate(inputs, 1):
        for frame in tables.values():
            frame["round_number"] = pd.array([number] * len(frame), "int32")
    return {
        name: pd.concat([tables[name] for tables in inputs], ignore_index=True)
        for name in inputs[0]
    }


@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rounds=st.lists(drawn_rounds, min_size=3, max_size=5))
def test_scores_of_any_round_equal_the_organisers(chain, rounds):
    scores = chain.run(together(rounds)).execute("select * from int_scores").df()
    assert (scores["value"].isna() == scores["null_reason"].notna()).all()
    for number, drawn in enumerate(rounds, 1):
        assert_scores_match(scores[scores["round_number"] == number], drawn)


def assert_scores_match(found, drawn):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        expected = drawn.expected()
    is_constant = drawn.target.reindex(drawn.ids).nunique() == 1
    for score, values in expected.items():
        ours = found[found["score"] == score].set_index("model_id")["value"]
        is_noise = is_constant and score.split(" tb")[0] in CORRELATIONS
        if values is None or is_noise:  # the organiser's code divides noise by noise, or by nothing
            assert ours.isna().all(), score
        else:
            np.testing.assert_allclose(
                ours.reindex(values.index), values, rtol=0, atol=TOLERANCE, err_msg=score
            )


def test_a_signal_in_the_span_of_its_neutralizers_has_no_score_and_says_so(chain):
    drawn = Round(5, 40, 4, 0, "binned", 0, 0, 0, 0)
    sector = np.arange(40) % 2 * 1.0
    drawn.signals["model_1"] = sector
    drawn.predictions["model_1"] = scoring.tie_kept_rank(drawn.signals["model_1"])
    drawn.stakes[:] = 10.0
    powered = scoring.tie_kept_rank__gaussianize__pow_1_5(drawn.predictions[["model_1"]])
    size = np.sqrt((drawn.weights * powered["model_1"] ** 2).sum())
    drawn.basis["n0"] = powered["model_1"] / size  # N'VN = 1, and two values
    drawn.basis = drawn.basis[["n0"]]
    drawn.factors["f0"] = sector
    found = chain.run(drawn.inputs()).execute("select * from int_scores").df()
    of_model = found[found["model_id"] == "model_1"].set_index("score")
    in_span = {"fnc", "neutral_corr", "neutral_mmc", "alpha", "mpc"}
    in_span |= {f"{score} tb{K}" for score in ("fnc", "neutral_corr", "neutral_mmc")}
    assert set(of_model.index[of_model["value"].isna()]) == in_span
    assert of_model.loc[list(in_span), "null_reason"].str.contains("lies in the span of").all()
    assert found.loc[found["model_id"] != "model_1", "value"].notna().all()
    noise = scoring.neutral_correlation(drawn.predictions, drawn.basis, drawn.target)["model_1"]
    assert np.isfinite(noise)  # what the organiser's code makes of rounding noise


def test_no_score_moves_under_an_increasing_transform_of_a_signal(chain):
    drawn = Round(7, 40, 3, 10, "returns", 0.3, 0.1, 0, 0)
    before = chain.run(drawn.inputs()).execute("select * from int_scores").df()
    drawn.signals["model_0"] = np.exp(3 * drawn.signals["model_0"]) - 5
    after = chain.run(drawn.inputs()).execute("select * from int_scores").df()
    key = ["score", "model_id"]
    pd.testing.assert_frame_equal(
        before.sort_values(key, ignore_index=True), after.sort_values(key, ignore_index=True)
    )
