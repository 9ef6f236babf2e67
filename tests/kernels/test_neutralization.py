"""Projections against the organiser's code and closed forms."""

import numpy as np
import pandas as pd
import pytest
from numerai_tools import scoring

from kardashev.neutralization import (
    least_squares_residual,
    neutral_weights,
    orthonormal_basis,
    weighted_projection_residual,
)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_neutral_weights_equal_the_organisers(rng):
    signals, basis, weights = rng.random((50, 4)), rng.normal(size=(50, 3)), rng.random(50) + 0.5
    frame = pd.DataFrame(signals)
    expected = scoring.generate_neutralized_weights(frame, pd.DataFrame(basis), pd.Series(weights))
    powered = scoring.tie_kept_rank__gaussianize__pow_1_5(frame).to_numpy()
    np.testing.assert_allclose(neutral_weights(powered, basis, weights), expected, atol=1e-12)


@pytest.mark.parametrize("case", ["plain", "constant", "duplicate", "collinear", "tiny"])
def test_least_squares_residual_makes_the_organisers_rank_decision(rng, case):
    columns = rng.normal(size=(60, 4))
    if case == "constant":
        columns[:, 1] = 3.0
    if case == "duplicate":
        columns[:, 1] = columns[:, 0]
    if case == "collinear":
        columns[:, 1] = columns[:, 0] + 1e-9 * columns[:, 2]
    if case == "tiny":
        columns[:, 1] *= 1e-8
    values = rng.normal(size=(60, 3))
    expected = scoring.neutralize(pd.DataFrame(values), pd.DataFrame(columns))
    np.testing.assert_allclose(least_squares_residual(values, columns), expected, atol=1e-9)


def test_basis_is_orthonormal_under_the_weights_and_spans_the_columns(rng):
    weights = rng.random(80) * 5 + 0.1
    columns = np.column_stack([np.ones(80), rng.normal(size=(80, 5)), np.zeros(80)])
    columns = np.column_stack([columns, columns[:, 1] - 2 * columns[:, 2], 1e4 * columns[:, 3]])
    basis = orthonormal_basis(columns, weights)
    assert basis.shape == (80, 6)
    np.testing.assert_allclose(basis.T @ (weights[:, None] * basis), np.eye(6), atol=1e-12)
    residual = weighted_projection_residual(columns, basis, weights)
    np.testing.assert_allclose(residual / np.abs(columns).max(), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("columns", "weights"),
    [
        (np.full((3, 1), np.nan), np.ones(3)),
        (np.ones((3, 1)), np.array([1.0, 0.0, 1.0])),
        (np.zeros((3, 2)), np.ones(3)),
    ],
    ids=["not finite", "no weight", "all zero"],
)
def test_a_basis_of_nothing_is_refused(columns, weights):
    with pytest.raises(ValueError, match="a basis needs"):
        orthonormal_basis(columns, weights)
