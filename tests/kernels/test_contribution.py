"""Alpha and MPC against the organiser's code, automatic differentiation and the published value."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numerai_tools import scoring

from kardashev.contribution import alpha, meta_portfolio_contribution
from kardashev.neutralization import neutral_weights

VERSIONS = {"v1": ("l1", 1.0), "v2": ("l2", 1.0), "v3": ("l2", 1 / 50)}


def weights_of(signals, basis, sample_weights):
    powered = scoring.tie_kept_rank__gaussianize__pow_1_5(pd.DataFrame(signals)).to_numpy()
    return neutral_weights(powered, basis, sample_weights)


def draw(seed, stocks=40, models=6):
    rng = np.random.default_rng(seed)
    shares = rng.random(models) * (rng.random(models) > 0.3)
    shares[0] += 0.1
    weights = weights_of(
        rng.random((stocks, models)), rng.normal(size=(stocks, 3)), rng.random(stocks) + 0.5
    )
    return weights, rng.normal(size=(stocks, 2)), shares / shares.sum()


def portfolio_alpha(weights, target, shares, norm):
    portfolio = weights @ shares
    portfolio = portfolio - portfolio.mean()
    return portfolio @ target / torch.linalg.vector_norm(portfolio, ord=norm)


def test_the_published_value():
    signals = np.array([[1.0, 1], [2, 2], [3, 1], [4, 2], [5, 1]])
    basis = np.array([[1.0, 5], [2, 4], [3, 3], [4, 2], [5, 1]])
    weights = weights_of(signals, basis, np.array([3.0, 2, 1, 2, 3]))
    target = np.array([1.0, 2, 3, 2, 1])[:, None]
    found = meta_portfolio_contribution(weights, target, np.array([0.6, 0.4]), *VERSIONS["v3"])
    np.testing.assert_allclose(
        found[:, 0], [-0.001580068753957352, 0.00237010313093603], rtol=1e-12
    )


@pytest.mark.parametrize("version", VERSIONS)
@given(st.integers(0, 10_000))
def test_mpc_is_the_gradient_of_the_portfolios_alpha(version, seed):
    weights, targets, shares = draw(seed)
    normalizer, scale = VERSIONS[version]
    found = meta_portfolio_contribution(weights, targets, shares, normalizer, scale)
    for day in range(targets.shape[1]):
        moved = torch.tensor(shares, requires_grad=True)
        value = portfolio_alpha(
            torch.tensor(weights),
            torch.tensor(targets[:, day]),
            moved,
            1 if normalizer == "l1" else 2,
        )
        value.backward()
        expected = moved.grad.numpy() * scale
        np.testing.assert_allclose(found[:, day], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("version", VERSIONS)
def test_stake_weighted_sum_of_mpc_is_zero(version):
    weights, targets, shares = draw(5)
    found = meta_portfolio_contribution(weights, targets, shares, *VERSIONS[version])
    np.testing.assert_allclose(shares @ found, 0, atol=1e-14)


def test_mpc_and_alpha_equal_the_organisers_code():
    rng = np.random.default_rng(8)
    signals, basis = pd.DataFrame(rng.random((60, 5))), pd.DataFrame(rng.normal(size=(60, 4)))
    sample_weights, target = pd.Series(rng.random(60) + 0.5), pd.Series(rng.normal(size=60))
    stakes = pd.Series([5.0, 0, 3, 12, 0.5])
    weights = weights_of(signals, basis.to_numpy(), sample_weights.to_numpy())
    column = target.to_numpy()[:, None]
    mpc = scoring.meta_portfolio_contribution(signals, stakes, basis, sample_weights, target)
    found = meta_portfolio_contribution(
        weights, column, (stakes / stakes.sum()).to_numpy(), *VERSIONS["v3"]
    )
    np.testing.assert_allclose(found[:, 0], mpc, atol=1e-14)
    expected = scoring.alpha(signals, basis, sample_weights, target)
    np.testing.assert_allclose(
        alpha(weights, column, column.mean(axis=0))[:, 0], expected, atol=1e-14
    )


def test_alpha_is_linear_in_the_target():
    weights, targets, _ = draw(9)
    both = alpha(weights, targets, targets.mean(axis=0))
    blend = targets @ np.array([[2.0], [-3.0]])
    np.testing.assert_allclose(
        alpha(weights, blend, blend.mean(axis=0)), both @ np.array([[2.0], [-3.0]]), atol=1e-14
    )


def test_unknown_normalizers_and_stakes_that_are_no_shares_are_refused():
    weights, targets, shares = draw(1)
    with pytest.raises(ValueError, match="no normalizer 'l3'"):
        meta_portfolio_contribution(weights, targets, shares, "l3", 1.0)
    with pytest.raises(ValueError, match="sum to"):
        meta_portfolio_contribution(weights, targets, shares * 2, "l1", 1.0)
