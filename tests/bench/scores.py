"""Matrix scores of one round, our kernels beside the organiser's code: CPU seconds, ratios, and the floor.

`make bench` runs it, with one BLAS thread: waiting threads would count as work. 5,000 stocks, 4,000 models,
200 neutralizers; numerai-tools scores 40 of the models, and its time is scaled to all. The floor is what no
way around: sorting the signals, and two products with N.
"""

import numpy as np
import pandas as pd
from clock import cpu, peak_gigabytes
from numerai_tools import scoring

from kardashev.kernels import contribution, correlation, neutralization, ranking

STOCKS, MODELS, COLUMNS, K = 5000, 4000, 200, 200
SAMPLE = 40


def market(rng):
    weights = rng.random(STOCKS) + 0.5
    basis = neutralization.orthonormal_basis(rng.normal(size=(STOCKS, COLUMNS)), weights)
    target = np.repeat([0, 0.25, 0.5, 0.75, 1], (250, 1000, 2500, 1000, 250))
    stakes = rng.random(MODELS) * (rng.random(MODELS) > 0.5)
    stakes[:SAMPLE] += 0.1
    return weights, basis, rng.permutation(target), stakes


def on_extremes(values, target, k):
    """Pearson and mean product of each model on its own extreme stocks."""
    places = ranking.top_bottom(values, k, 1e-12)
    chosen, targets = np.take_along_axis(values, places, axis=0), target[places]
    centred = chosen - chosen.mean(axis=0), targets - targets.mean(axis=0)
    norms = [np.linalg.norm(part, axis=0) for part in centred]
    return (centred[0] * centred[1]).sum(axis=0) / np.prod(norms, axis=0), (chosen * targets).mean(
        axis=0
    )


class Ours:
    """All models at once; each stage uses what the former ones made, as a build does."""

    def __init__(self, signals, weights, basis, target, stakes):
        self.signals, self.weights, self.basis = signals, weights, basis
        self.target, self.shares = target, stakes / stakes.sum()
        self.column = target[:, None]
        self.binned = 4 * (self.column - self.column.mean())

    def prepare(self):
        ranks = ranking.doubled_rank(self.signals)
        self.gaussian = ranking.gaussianized(ranks)
        self.powered = ranking.gaussianized(ranks, ranking.POWER)
        self.meta = ranking.gaussianized(ranking.doubled_rank(self.gaussian @ self.shares))

    def neutralize(self):
        self.span = neutralization.least_squares_basis(self.basis)
        self.residuals = neutralization.least_squares_residual(self.gaussian, self.span)
        self.norms = neutralization.centred_norms(self.residuals)

    def corr(self):
        return correlation.correlation(self.powered, self.column - self.column.mean())

    def fnc(self):
        ranks = ranking.doubled_rank(self.residuals, 1e-12)
        self.neutral_powered = ranking.gaussianized(ranks, ranking.POWER)
        return correlation.correlation(self.neutral_powered, self.column)

    def mmc(self):
        return contribution.contribution(self.gaussian, self.meta, self.binned)

    def neutral_corr(self):
        return correlation.neutral_correlation(self.gaussian, self.column, self.span, self.norms)

    def neutral_mmc(self):
        return contribution.neutral_contribution(self.gaussian, self.meta, self.binned, self.span)

    def alpha(self):
        means = self.column.mean(axis=0)
        return contribution.alpha(self.powered, self.column, means, self.basis, self.weights)

    def mpc(self):
        market = self.basis, self.weights
        return contribution.meta_portfolio_contribution(
            self.powered, self.column, self.shares, *market, "l2", 0.02
        )

    def exposures(self):
        return correlation.exposures(self.gaussian, self.basis).max(axis=1)

    def corr_top_bottom(self):
        return on_extremes(self.powered, self.target, K)[0]

    def fnc_top_bottom(self):
        return on_extremes(self.neutral_powered, self.target, K)[0]

    def mmc_top_bottom(self):
        values = contribution.orthogonalized(self.gaussian, self.meta)
        return on_extremes(values, self.binned[:, 0], K)[1]

    def neutral_corr_top_bottom(self):
        return on_extremes(self.residuals, self.target, K)[0]

    def neutral_mmc_top_bottom(self):
        meta = neutralization.least_squares_residual(self.meta[:, None], self.span)[:, 0]
        values = contribution.orthogonalized(self.residuals, meta)
        return on_extremes(values, self.binned[:, 0], K)[1]

    def nearest(self):
        return correlation.nearest_signals(self.gaussian)[0]


class Theirs:
    """numerai-tools, one function a score."""

    def __init__(self, signals, weights, basis, target, stakes, meta):
        self.predictions = pd.DataFrame(signals)
        self.weights, self.basis = pd.Series(weights), pd.DataFrame(basis)
        self.target, self.stakes = pd.Series(target, name="t"), pd.Series(stakes)
        self.meta = pd.Series(meta)

    def corr(self, k=None):
        p, t = self.predictions, self.target
        return scoring.numerai_corr(p, t, top_bottom=k, target_pow15=False)

    def fnc(self, k=None):
        neutral = scoring.tie_kept_rank__gaussianize__neutralize__variance_normalize(
            self.predictions, self.basis
        )
        return scoring.numerai_corr(neutral, self.target, top_bottom=k, target_pow15=False)

    def mmc(self, k=None):
        return scoring.correlation_contribution(self.predictions, self.meta, self.target, k)

    def neutral_corr(self, k=None):
        p, n, t = self.predictions, self.basis, self.target
        return scoring.neutral_correlation(p, n, t, top_bottom=k)

    def neutral_mmc(self, k=None):
        p, n, t = self.predictions, self.basis, self.target
        return scoring.neutral_contribution(p, self.meta, n, t, k)

    def alpha(self):
        return scoring.alpha(self.predictions, self.basis, self.weights, self.target)

    def mpc(self):
        p, n = self.predictions, self.basis
        return scoring.meta_portfolio_contribution(p, self.stakes, n, self.weights, self.target)

    def exposures(self):
        gaussian = scoring.gaussian(scoring.tie_kept_rank(self.predictions))
        return gaussian.apply(lambda s: scoring.max_feature_correlation(s, self.basis)[1])


SCORES = ("corr", "fnc", "mmc", "neutral_corr", "neutral_mmc", "alpha", "mpc", "exposures")
EXTREMES = ("corr", "fnc", "mmc", "neutral_corr", "neutral_mmc")


def main():
    rng = np.random.default_rng(0)
    signals = np.asfortranarray(rng.random((STOCKS, MODELS)))
    ours = Ours(signals, *market(rng))
    seconds = {"prepare": cpu(ours.prepare)[1], "neutralize": cpu(ours.neutralize)[1]}
    found = {}
    for score in (*SCORES, *(f"{score}_top_bottom" for score in EXTREMES), "nearest"):
        found[score], seconds[score] = cpu(getattr(ours, score))
    peak = peak_gigabytes()

    sample = slice(SAMPLE)
    theirs = Theirs(
        signals[:, sample], ours.weights, ours.basis, ours.target, ours.shares[sample], ours.meta
    )
    organisers = {}
    for score in SCORES:
        expected, spent = cpu(getattr(theirs, score))
        organisers[score] = spent * MODELS / SAMPLE
        if score != "mpc":  # of all models' stakes here, of the sample's there
            agree(score, found[score], expected)
    for score in EXTREMES:
        expected, spent = cpu(lambda score=score: getattr(theirs, score)(K))
        organisers[f"{score}_top_bottom"] = spent * MODELS / SAMPLE
        agree(score, found[f"{score}_top_bottom"], expected)
    report(seconds, organisers, floor(signals, ours.basis), peak)


def agree(score, found, expected):
    ours = np.asarray(found).reshape(MODELS, -1)[:SAMPLE, 0]
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-9, err_msg=score)


def floor(signals, basis):
    _, sorting = cpu(lambda: np.sort(signals, axis=0))
    _, products = cpu(lambda: basis @ (basis.T @ signals))
    return sorting + products


def report(seconds, organisers, least, peak):
    print(f"{STOCKS:,} stocks, {MODELS:,} models, {COLUMNS} neutralizers")
    print(f"{'stage':<24} {'CPU s':>7} {'numerai-tools':>14} {'ratio':>7}")
    for stage, spent in seconds.items():
        other = organisers.get(stage)
        beside = f"{other:>14.1f} {other / spent:>7.0f}" if other else f"{'-':>14} {'-':>7}"
        print(f"{stage:<24} {spent:>7.2f} {beside}")
    spent = sum(seconds.values()) - seconds["nearest"]
    other = sum(organisers.values())
    print(f"{'all but nearest':<24} {spent:>7.2f} {other:>14.1f} {other / spent:>7.0f}")
    print(f"{'floor':<24} {least:>7.2f}, {spent / least:.1f} times it; peak {peak:.1f} GB")


if __name__ == "__main__":
    main()
