"""Portfolios without the stake of each model, against Clarabel."""

import numpy as np
import pytest
from portfolios import Reference, drawn_models, drawn_problem, standardized

from kardashev import errors
from kardashev.portfolio import left_out
from kardashev.portfolio.left_out import NO_META_MODEL, largest_stakes, portfolios_without


def found_without(problem, signals, stakes):
    held, without = portfolios_without(problem, signals, stakes, np.flatnonzero(stakes))
    return held, {place: (weights, reason) for place, weights, reason in without}


@pytest.mark.parametrize("stocks", [60, 500])
def test_without_a_model_the_portfolio_is_clarabels_of_the_other_stakes(stocks, monkeypatch):
    monkeypatch.setattr(left_out, "AT_ONCE", 3)
    problem, (signals, stakes) = drawn_problem(stocks), drawn_models(stocks, 8)
    held, found = found_without(problem, signals, stakes)
    reference = Reference(problem)
    np.testing.assert_allclose(
        held, reference.clarabel(standardized(signals @ stakes)), rtol=0, atol=1e-7
    )
    assert list(found) == np.flatnonzero(stakes).tolist()
    for place, (weights, reason) in found.items():
        others = np.where(np.arange(len(stakes)) == place, 0.0, stakes)
        expected = reference.clarabel(standardized(signals @ others))
        assert reason is None
        np.testing.assert_allclose(weights, expected, rtol=0, atol=1e-7)
        assert np.abs(weights - held).max() > 1e-6


def test_without_a_stake_that_is_nearly_all_the_others_make_the_portfolio():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 5)
    stakes[0] = 1e12 * stakes[1:].sum()
    _, found = found_without(problem, signals, stakes)
    expected, _ = found_without(problem, signals, np.append(0.0, stakes[1:]))
    np.testing.assert_allclose(found[0][0], expected, rtol=0, atol=1e-12)


def test_without_the_only_stake_there_is_no_portfolio():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 5)
    stakes[1:] = 0.0
    _, found = found_without(problem, signals, stakes)
    assert list(found) == [0]
    assert found[0][1] == NO_META_MODEL
    assert not found[0][0].any()


def test_without_a_model_that_two_opposites_remain_of_there_is_no_portfolio():
    problem, (signals, _) = drawn_problem(60), drawn_models(60, 3)
    signals[:, 2] = -signals[:, 1]
    _, found = found_without(problem, signals, np.array([1.0, 2.0, 2.0]))
    assert [reason for _, reason in found.values()] == [NO_META_MODEL, None, None]
    assert not found[0][0].any() and found[1][0].any() and found[2][0].any()


def test_a_portfolio_that_the_solver_refuses_leaves_the_others(monkeypatch):
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 5)
    _, expected = found_without(problem, signals, stakes)
    refused, solve = standardized(signals @ np.where(np.arange(5) == 1, 0, stakes)), left_out.solve

    def refusing(problem, meta_signals, *more):
        if np.isclose(meta_signals, refused).all(axis=1).any():
            raise errors.SolverError("no")
        return solve(problem, meta_signals, *more)

    monkeypatch.setattr(left_out, "solve", refusing)
    _, found = found_without(problem, signals, stakes)
    assert np.isnan(found[1][0]).all() and found[1][1] == "no"
    for place in (0, 2):
        np.testing.assert_allclose(found[place][0], expected[place][0], rtol=0, atol=1e-12)


def test_without_any_stake_it_is_an_error():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 4)
    with pytest.raises(errors.NoStakeError):
        portfolios_without(problem, signals, 0 * stakes, np.arange(2))


def test_the_models_with_the_largest_stakes_are_left_out_in_their_order():
    stakes = np.array([1.0, 3.0, 0.0, 1.0, 2.0])
    assert largest_stakes(stakes, 3).tolist() == [0, 1, 4]
    assert largest_stakes(stakes, 9).tolist() == [0, 1, 3, 4]
