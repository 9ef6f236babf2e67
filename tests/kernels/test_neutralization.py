"""Projections against the organiser's code and closed forms."""

import numpy as np
import pandas as pd
import pytest
from numerai_tools import scoring

from kardashev.kernels.neutralization import (
    centred_norms,
    least_squares_basis,
    least_squares_residual,
    neutral_weights,
    orthonormal_basis,
    outside_span,
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
    np.testing.assert_allclose(
        least_squares_residual(values, least_squares_basis(columns)), expected, atol=1e-9
    )


def test_neutralizing_the_vector_equals_neutralizing_the_signals(rng):
    signals, vector = rng.normal(size=(50, 4)), rng.normal(size=(50, 1))
    basis, weights = rng.normal(size=(50, 3)), rng.random(50) + 0.5
    np.testing.assert_allclose(
        neutral_weights(signals, basis, weights).T @ vector,
        signals.T @ neutral_weights(vector, basis, weights),
        atol=1e-12,
    )
    span = least_squares_basis(basis)
    np.testing.assert_allclose(
        least_squares_residual(signals, span).T @ vector,
        signals.T @ least_squares_residual(vector, span),
        atol=1e-12,
    )


@pytest.mark.parametrize(("outside", "is_noise"), [(0.0, True), (1e-9, True), (1e-4, False)])
def test_a_signal_in_the_span_has_no_residual(rng, outside, is_noise):
    columns = rng.normal(size=(500, 20))
    signal = columns @ rng.normal(size=(20, 1)) + 3 + outside * rng.normal(size=(500, 1))
    residual = least_squares_residual(signal, least_squares_basis(columns))
    assert np.abs(residual).max() > 0  # rounding noise at least, which numerai-tools would score
    found = outside_span(centred_norms(residual), centred_norms(signal))
    assert np.isnan(found[0]) == is_noise


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
