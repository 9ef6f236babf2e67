"""Products that do not depend on what else is computed with them."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kardashev.kernels.products import blend, products


@given(seed=st.integers(0, 2**32), stocks=st.integers(1, 70), models=st.integers(1, 140))
def test_a_product_is_the_same_whatever_other_models_and_vectors_there_are(seed, stocks, models):
    rng = np.random.default_rng(seed)
    values, vectors = rng.normal(size=(stocks, models)), rng.normal(size=(stocks, 3))
    whole = products(np.asfortranarray(values), vectors)
    np.testing.assert_allclose(whole, values.T @ vectors, rtol=0, atol=1e-12)
    some = rng.permutation(models)[: max(1, models // 2)]
    np.testing.assert_array_equal(products(values[:, some], vectors[:, [2]])[:, 0], whole[some, 2])


def test_identical_signals_have_identical_products():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(4999, 130))
    values[:, [0, 63, 64, 129]] = values[:, [5]]
    found = products(values, rng.normal(size=(4999, 1)))[:, 0]
    assert len(set(found[[0, 5, 63, 64, 129]])) == 1


@given(seed=st.integers(0, 2**32))
def test_stocks_that_are_equal_in_theory_are_equal_in_a_meta_model(seed):
    """Two stocks whose signals are the same in another order, under equal weights."""
    rng = np.random.default_rng(seed)
    signals = rng.normal(size=30)
    values = np.vstack([signals, rng.permutation(signals), np.sort(signals)])
    found = blend(values, np.full(30, 1 / 30))
    assert len(set(found)) == 1
    assert found[0] == math.fsum(signal * (1 / 30) for signal in signals)


def test_a_model_without_weight_leaves_no_trace():
    values = np.array([[1.0, np.nan], [2.0, np.inf]])
    np.testing.assert_array_equal(blend(values, np.array([0.5, 0])), [0.5, 1])
