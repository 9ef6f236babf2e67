"""Correlations of many signals against the organiser's code, pandas and plain loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numerai_tools import scoring

from kardashev.kernels.correlation import (
    correlation,
    exposures,
    nearest_references,
    nearest_signals,
    neutral_correlation,
)
from kardashev.kernels.neutralization import (
    centred_norms,
    least_squares_basis,
    least_squares_residual,
)
from kardashev.kernels.ranking import POWER, doubled_rank, gaussianized, top_bottom

TOLERANCE = 1e-9


def draw(seed, stocks=60, models=5, columns=4):
    """Signals with ties or without, columns that may be constant, twice the same, or huge, and a target."""
    rng = np.random.default_rng(seed)
    signals = rng.random((stocks, models))
    if seed % 3 == 0:
        signals = np.round(signals, 1)
    neutralizers = rng.normal(size=(stocks, columns)) * 10.0 ** rng.integers(-3, 4, columns)
    if seed % 4 == 1:
        neutralizers[:, 0] = 7.0
    if seed % 4 == 2:
        neutralizers[:, 1] = neutralizers[:, 0]
    target = rng.choice([0, 0.25, 0.5, 0.75, 1], stocks, p=[0.05, 0.2, 0.5, 0.2, 0.05])
    target[0] = 0.75 if (target == target[0]).all() else target[0]
    return pd.DataFrame(signals), pd.DataFrame(neutralizers), pd.Series(target, name="target")


def powered(signals):
    return gaussianized(doubled_rank(signals.to_numpy()), POWER)


def on_extremes(values, target, k):
    """Pearson of each model on its own 2k extreme stocks."""
    places = top_bottom(values, k, 1e-12)
    chosen = np.take_along_axis(values, places, axis=0)
    return [np.corrcoef(chosen[:, i], target[places[:, i]])[0, 1] for i in range(values.shape[1])]


@given(st.integers(0, 10_000), st.booleans())
def test_corr_equals_the_organisers(seed, has_target_power):
    signals, _, target = draw(seed)
    centred = (target - target.mean()).to_numpy()
    if has_target_power:
        centred = np.sign(centred) * np.abs(centred) ** 1.5
    expected = scoring.numerai_corr(signals, target, target_pow15=has_target_power)
    found = correlation(powered(signals), centred[:, None])[:, 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)


@given(st.integers(0, 10_000), st.integers(2, 30))
def test_top_bottom_corr_equals_the_organisers(seed, k):
    signals, _, target = draw(seed)
    expected = scoring.numerai_corr(signals, target, target_pow15=False, top_bottom=k)
    with np.errstate(invalid="ignore"):
        found = on_extremes(powered(signals), target.to_numpy(), k)
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)


@given(st.integers(0, 10_000))
def test_neutral_correlation_equals_the_organisers(seed):
    signals, neutralizers, target = draw(seed)
    gaussian = gaussianized(doubled_rank(signals.to_numpy()))
    basis = least_squares_basis(neutralizers.to_numpy())
    norms = centred_norms(least_squares_residual(gaussian, basis))
    found = neutral_correlation(gaussian, target.to_numpy()[:, None], basis, norms)[:, 0]
    expected = scoring.neutral_correlation(signals, neutralizers, target)
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)


@given(st.integers(0, 10_000), st.integers(2, 30))
def test_top_bottom_neutral_correlation_equals_the_organisers(seed, k):
    signals, neutralizers, target = draw(seed)
    if seed % 3 == 0:  # tied signals: numerai-tools orders equal residuals by rounding noise
        signals += np.random.default_rng(seed).random(signals.shape) / 1e3
    gaussian = gaussianized(doubled_rank(signals.to_numpy()))
    residual = least_squares_residual(gaussian, least_squares_basis(neutralizers.to_numpy()))
    with np.errstate(invalid="ignore"):
        found = on_extremes(residual, target.to_numpy(), k)
    expected = scoring.neutral_correlation(signals, neutralizers, target, top_bottom=k)
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)


@given(st.integers(0, 10_000))
def test_the_largest_exposure_and_its_factor_are_the_organisers(seed):
    signals, factors, _ = draw(seed)
    factors = factors.loc[:, factors.nunique() > 1]
    gaussian = gaussianized(doubled_rank(signals.to_numpy()))
    found = exposures(gaussian, factors.to_numpy())
    for model in signals:
        name, value = scoring.max_feature_correlation(pd.Series(gaussian[:, model]), factors)
        assert found[model].max() == pytest.approx(value, abs=TOLERANCE)
        at_name = found[model, list(factors.columns.astype(str)).index(name)]
        assert at_name == pytest.approx(value, abs=TOLERANCE)


@pytest.mark.parametrize("models", [2, 3, 40, 600, 1100])
def test_nearest_signals_equal_a_plain_correlation_matrix(models):
    rng = np.random.default_rng(models)
    signals = gaussianized(doubled_rank(rng.random((30, models))))
    matrix = np.corrcoef(signals, rowvar=False)
    np.fill_diagonal(matrix, np.nan)
    largest, nearest, mean = nearest_signals(signals)
    np.testing.assert_allclose(largest, np.nanmax(matrix, axis=0), rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(mean, np.nanmean(matrix, axis=0), rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(nearest, np.nanargmax(np.round(matrix, 10), axis=0))


def test_of_several_clones_the_first_is_the_nearest():
    rng = np.random.default_rng(1)
    signals = np.repeat(rng.normal(size=(50, 700)), 2, axis=1)
    largest, nearest, _ = nearest_signals(signals)
    np.testing.assert_allclose(largest, 1, atol=1e-12)
    np.testing.assert_array_equal(nearest, np.arange(1400) ^ 1)
    _, nearest, _ = nearest_signals(np.repeat(signals[:, :1], 900, axis=1))
    assert nearest[0] == 1
    assert set(nearest[1:]) == {0}


@pytest.mark.parametrize("places", [[], [4], [0, 7, 8]])
def test_nearest_references_equal_columns_of_a_plain_correlation_matrix(places):
    rng = np.random.default_rng(3)
    signals = pd.DataFrame(gaussianized(doubled_rank(rng.random((30, 9)))))
    matrix = signals.corr().where(~np.eye(9, dtype=bool))[places]
    largest, nearest, mean = nearest_references(signals.to_numpy(), np.array(places, dtype=int))
    np.testing.assert_allclose(largest, matrix.max(axis=1), rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(mean, matrix.mean(axis=1), rtol=0, atol=TOLERANCE)
    has_one = matrix.notna().any(axis=1)
    assert (nearest[~has_one] == -1).all()
    np.testing.assert_array_equal(nearest[has_one], matrix[has_one].idxmax(axis=1))


def test_a_lone_model_has_no_nearest():
    largest, nearest, mean = nearest_signals(np.arange(5.0)[:, None])
    assert np.isnan(largest[0]) and np.isnan(mean[0]) and nearest[0] == -1


def test_a_constant_signal_or_target_has_no_correlation():
    values = np.arange(6.0)[:, None]
    assert np.isnan(correlation(np.ones((6, 1)), values)).all()
    assert np.isnan(correlation(values, np.ones((6, 1)))).all()
