"""Ranks and quantiles against pandas and the organiser's code."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numerai_tools import scoring

from kardashev.kernels.ranking import (
    doubled_rank,
    gaussianized,
    normal_quantiles,
    signed_power,
    top_bottom,
    with_absent,
)

signals = arrays(
    float,
    st.tuples(st.integers(1, 40), st.integers(1, 4)),
    elements=st.one_of(st.sampled_from([0.0, -0.0, 0.25, 0.5, 1.0]), st.floats(-1e9, 1e9)),
)


@given(signals)
def test_ranks_keep_ties_as_pandas_does(values):
    expected = pd.DataFrame(values).rank(method="average") * 2
    np.testing.assert_array_equal(doubled_rank(values), expected)


@given(signals)
def test_a_strictly_increasing_transform_moves_no_rank(values):
    rounded = np.round(np.clip(values, -1e3, 1e3), 3)
    np.testing.assert_array_equal(doubled_rank(rounded), doubled_rank(rounded * 3 + 1))


@given(signals)
def test_gaussianized_powered_signals_equal_the_organisers(values):
    frame = pd.DataFrame(values)
    expected = scoring.gaussian(scoring.tie_kept_rank(frame))
    found = gaussianized(doubled_rank(values))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    powered = np.sign(expected) * np.abs(expected) ** 1.5
    np.testing.assert_allclose(signed_power(found), powered, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 4999, 5000])
def test_quantiles_are_odd_about_the_middle_to_the_last_bit(n):
    quantiles = normal_quantiles(n)
    assert (quantiles[2:] == -quantiles[2:][::-1]).all()
    assert quantiles[n + 1] == 0


def test_no_stock_has_no_rank():
    assert doubled_rank(np.array([])).shape == (0,)


def test_a_signal_with_a_hole_is_refused():
    with pytest.raises(ValueError, match="fill absent stocks"):
        doubled_rank(np.array([0.1, np.nan]))


@given(signals)
def test_values_within_the_tie_width_are_tied_and_others_keep_their_order(values):
    grid = np.round(np.clip(values, -1e3, 1e3))
    noise = np.random.default_rng(0).uniform(-1e-13, 1e-13, grid.shape)
    np.testing.assert_array_equal(doubled_rank(grid + noise, 1e-12), doubled_rank(grid))


@given(arrays(float, (30, 3), elements=st.sampled_from([0.1, 0.2, 0.3, 0.4])), st.integers(1, 15))
def test_top_and_bottom_are_the_organisers_choice_ties_by_order(values, k):
    found = np.sort(top_bottom(values, k), axis=0)
    for column in range(values.shape[1]):
        series = pd.Series(values[:, column])
        expected = scoring.filter_sort_top_bottom_concat(series, k)
        np.testing.assert_array_equal(found[:, column], expected.index)


@given(arrays(float, (30, 3), elements=st.sampled_from([0.1, 0.2, 0.3, 0.4])), st.integers(1, 15))
def test_ends_of_ranks_are_those_of_what_is_ranked(values, k):
    for signals in (values, values + np.arange(30)[:, None]):  # with ties, and some without
        found = top_bottom(doubled_rank(signals), k, are_ranks=True)
        np.testing.assert_array_equal(found, top_bottom(signals, k))


def test_ends_that_overlap_are_refused():
    with pytest.raises(ValueError, match="the 3 lowest and 3 highest of 5 stocks overlap"):
        top_bottom(np.arange(5)[:, None], 3)


@given(st.integers(0, 10_000), st.integers(1, 15))
def test_values_that_noise_orders_are_tied_at_the_edge_too(seed, k):
    rng = np.random.default_rng(seed)
    grid = rng.choice([0.1, 0.2, 0.3], (30, 5))
    noisy = grid + rng.uniform(-1e-13, 1e-13, grid.shape)
    np.testing.assert_array_equal(top_bottom(noisy, k, 1e-12), top_bottom(grid, k))


@given(
    seed=st.integers(0, 2**32),
    ties=st.sampled_from([0, 1, 4]),
    share=st.sampled_from([0, 0.3, 0.9]),
)
def test_absent_stocks_stand_at_the_middle_and_tie_with_known_ones_there(seed, ties, share):
    rng = np.random.default_rng(seed)
    values = rng.random((31, 3))
    values = np.round(values * ties) if ties else values
    sent = pd.DataFrame(values).where(rng.random((31, 3)) >= share)
    filled = sent.rank(method="average").sub(0.5).div(sent.count()).fillna(0.5)
    found = with_absent(sent.rank(method="average").mul(2).fillna(0).astype(int).to_numpy())
    np.testing.assert_array_equal(found, filled.round(12).rank(method="average") * 2)
