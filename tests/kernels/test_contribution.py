"""Alpha and MPC against the organiser's code, automatic differentiation and the published value."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numerai_tools import scoring

from kardashev.kernels.contribution import (
    alpha,
    contribution,
    meta_portfolio_contribution,
    neutral_contribution,
    orthogonalized,
)
from kardashev.kernels.neutralization import least_squares_basis, neutral_weights
from kardashev.kernels.ranking import POWER, doubled_rank, gaussianized, top_bottom

VERSIONS = {"v1": ("l1", 1.0), "v2": ("l2", 1.0), "v3": ("l2", 1 / 50)}


def powered(signals):
    return gaussianized(doubled_rank(signals), POWER)


def draw(seed, stocks=40, models=6):
    rng = np.random.default_rng(seed)
    shares = rng.random(models) * (rng.random(models) > 0.3)
    shares[0] += 0.1
    market = rng.normal(size=(stocks, 3)), rng.random(stocks) + 0.5
    signals = powered(rng.random((stocks, models)))
    return signals, market, rng.normal(size=(stocks, 2)), shares / shares.sum()


def portfolio_alpha(weights, target, shares, norm):
    portfolio = weights @ shares
    portfolio = portfolio - portfolio.mean()
    return portfolio @ target / torch.linalg.vector_norm(portfolio, ord=norm)


def test_the_published_value():
    signals = np.array([[1.0, 1], [2, 2], [3, 1], [4, 2], [5, 1]])
    basis = np.array([[1.0, 5], [2, 4], [3, 3], [4, 2], [5, 1]])
    target = np.array([1.0, 2, 3, 2, 1])[:, None]
    found = meta_portfolio_contribution(
        powered(signals),
        target,
        np.array([0.6, 0.4]),
        basis,
        np.array([3.0, 2, 1, 2, 3]),
        *VERSIONS["v3"],
    )
    np.testing.assert_allclose(
        found[:, 0], [-0.001580068753957352, 0.00237010313093603], rtol=1e-12
    )


@pytest.mark.parametrize("version", VERSIONS)
@given(st.integers(0, 10_000))
def test_mpc_is_the_gradient_of_the_portfolios_alpha(version, seed):
    signals, market, targets, shares = draw(seed)
    normalizer, scale = VERSIONS[version]
    found = meta_portfolio_contribution(signals, targets, shares, *market, normalizer, scale)
    weights = torch.tensor(neutral_weights(signals, *market))
    for day in range(targets.shape[1]):
        moved = torch.tensor(shares, requires_grad=True)
        norm = 1 if normalizer == "l1" else 2
        portfolio_alpha(weights, torch.tensor(targets[:, day]), moved, norm).backward()
        expected = moved.grad.numpy() * scale
        np.testing.assert_allclose(found[:, day], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("version", VERSIONS)
def test_stake_weighted_sum_of_mpc_is_zero(version):
    signals, market, targets, shares = draw(5)
    found = meta_portfolio_contribution(signals, targets, shares, *market, *VERSIONS[version])
    np.testing.assert_allclose(shares @ found, 0, atol=1e-14)


@given(st.integers(0, 10_000))
def test_mpc_and_alpha_equal_the_organisers_code(seed):
    rng = np.random.default_rng(seed)
    signals, basis = pd.DataFrame(rng.random((60, 5))), pd.DataFrame(rng.normal(size=(60, 4)))
    if seed % 2:
        signals = signals.round(1)
    sample_weights, target = pd.Series(rng.random(60) + 0.5), pd.Series(rng.normal(size=60))
    stakes = pd.Series(rng.random(5) * (rng.random(5) > 0.5) + [0, 0, 1e-9, 0, 0])
    column, market = target.to_numpy()[:, None], (basis.to_numpy(), sample_weights.to_numpy())
    matrix, shares = powered(signals.to_numpy()), (stakes / stakes.sum()).to_numpy()
    expected = scoring.meta_portfolio_contribution(signals, stakes, basis, sample_weights, target)
    found = meta_portfolio_contribution(matrix, column, shares, *market, *VERSIONS["v3"])
    np.testing.assert_allclose(found[:, 0], expected, rtol=0, atol=1e-9)
    expected = scoring.alpha(signals, basis, sample_weights, target)
    found = alpha(matrix, column, column.mean(axis=0), *market)
    np.testing.assert_allclose(found[:, 0], expected, rtol=0, atol=1e-9)


def test_alpha_is_linear_in_the_target():
    signals, market, targets, _ = draw(9)
    both = alpha(signals, targets, targets.mean(axis=0), *market)
    blend = targets @ np.array([[2.0], [-3.0]])
    np.testing.assert_allclose(
        alpha(signals, blend, blend.mean(axis=0), *market),
        both @ np.array([[2.0], [-3.0]]),
        atol=1e-14,
    )


def prepared(seed, stocks=60, models=5):
    """Signals, a meta model, neutralizers with dependent columns, and a binned target."""
    rng = np.random.default_rng(seed)
    signals = pd.DataFrame(rng.random((stocks, models)))
    neutralizers = rng.normal(size=(stocks, 4))
    neutralizers[:, 3] = neutralizers[:, 0] * (seed % 2)
    meta_model = pd.Series(rng.random(stocks))
    target = pd.Series(rng.choice([0, 0.25, 0.5, 0.75, 1.0], stocks))
    gaussian = gaussianized(doubled_rank(signals.to_numpy()))
    meta = gaussianized(doubled_rank(meta_model.to_numpy()))
    binned = 4 * (target - target.mean()).to_numpy()[:, None]
    return signals, meta_model, pd.DataFrame(neutralizers), target, gaussian, meta, binned


@given(st.integers(0, 10_000))
def test_contributions_equal_the_organisers(seed):
    signals, meta_model, neutralizers, target, gaussian, meta, binned = prepared(seed)
    expected = scoring.correlation_contribution(signals, meta_model, target)
    found = contribution(gaussian, meta, binned)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    expected = scoring.neutral_contribution(signals, meta_model, neutralizers, target)
    basis = least_squares_basis(neutralizers.to_numpy())
    found = neutral_contribution(gaussian, meta, binned, basis)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_top_bottom_contributions_equal_the_organisers(seed, k):
    signals, meta_model, _, target, gaussian, meta, binned = prepared(seed)
    expected = scoring.correlation_contribution(signals, meta_model, target, top_bottom=k)
    values = orthogonalized(gaussian, meta)
    places = top_bottom(values, k)
    chosen = np.take_along_axis(values, places, axis=0)
    found = (chosen * binned[places, 0]).sum(axis=0) / (2 * k)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_the_meta_model_contributes_nothing_to_itself():
    *_, meta, binned = prepared(3)
    np.testing.assert_allclose(contribution(meta[:, None], meta, binned), 0, atol=1e-15)


def test_a_constant_meta_model_leaves_no_contribution():
    *_, gaussian, meta, binned = prepared(4)
    assert np.isnan(contribution(gaussian, np.zeros_like(meta), binned)).all()


def test_unknown_normalizers_and_stakes_that_are_no_shares_are_refused():
    signals, market, targets, shares = draw(1)
    with pytest.raises(ValueError, match="no normalizer 'l3'"):
        meta_portfolio_contribution(signals, targets, shares, *market, "l3", 1.0)
    with pytest.raises(ValueError, match="sum to"):
        meta_portfolio_contribution(signals, targets, shares * 2, *market, "l1", 1.0)
