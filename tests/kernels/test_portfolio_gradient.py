"""True Contribution and ∂weights/∂signal against finite differences, closed forms and autograd."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from portfolios import SIZES, Reference, drawn_models, drawn_problem, standardized

from kardashev import errors
from kardashev.portfolio.dropout import DropoutRule, drawn, undropped
from kardashev.portfolio.layer import PortfolioLayer
from kardashev.portfolio.report import exposure_report
from kardashev.portfolio.solve import ENGINES, sensitivities, solve
from kardashev.portfolio.true_contribution import (
    gradients,
    prepare,
    sampling_errors,
    true_contribution,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # of cvxpylayers

STEP = 1e-6  # of Σ stakes: far inside an active set, far above rounding
FREE, CAPPED = 1, 2
seeded = np.random.default_rng


def drawn_returns(stocks, days=1):
    return np.random.default_rng(11).normal(size=(stocks, days)) * 0.02


def with_risk(stocks):
    risk = np.random.default_rng(5).normal(size=(4, stocks))
    return drawn_problem(stocks, risk_factors=risk)


def contribution(problem, signals, stakes, returns, rule=None, version="v1"):
    draws = undropped(signals, stakes) if rule is None else drawn(signals, stakes, seeded(2), rule)
    stored, _ = prepare(problem, signals, draws)
    return true_contribution(stored, signals[stored.places], returns, version)[0]


def return_of(reference, signals, stakes, returns):
    """From stakes to the portfolio's return, by the plain reference."""
    return reference.solve(standardized(signals @ stakes)) @ returns


def jacobian(problem, signal):
    """J (stocks, stocks), the solution, and the rows that bind on it."""
    found = solve(problem, signal[None])
    stocks = len(signal)
    repeated = replace(
        found, **{name: np.repeat(value, stocks, axis=0) for name, value in vars(found).items()}
    )
    return sensitivities(problem, repeated, np.eye(stocks)), found


@pytest.mark.parametrize("make", [drawn_problem, with_risk], ids=["plain", "risk"])
@pytest.mark.parametrize("stocks", SIZES)
def test_the_gradient_is_the_finite_difference_of_an_independent_solve(stocks, make):
    problem, (signals, stakes) = make(stocks), drawn_models(stocks, 8)
    returns, total = drawn_returns(stocks)[:, 0], stakes.sum()
    found = contribution(problem, signals, stakes, returns[:, None])[:, 0]
    meta = standardized(signals @ stakes)
    report = exposure_report(problem, meta, solve(problem, meta[None]))
    kinds = {report.names[row].split(":")[0] for row in np.flatnonzero(report.is_binding)}
    assert {"country", "sector", "factor", "gross", "position"} <= kinds
    staked, unstaked = np.flatnonzero(stakes > 0)[:2], np.flatnonzero(stakes == 0)
    reference = Reference(problem)
    for model in (*staked, *unstaked):
        step = STEP * total * np.eye(len(stakes))[model]
        up = return_of(reference, signals, stakes + step, returns)
        down = return_of(reference, signals, stakes - step, returns)
        expected = (up - down) / (2 * STEP * total)
        assert found[model] == pytest.approx(expected, rel=1e-6), model


def test_the_gradient_where_portfolios_lean_and_signals_are_not_centred():
    limits = {"dollar": None, "country": None, "sector": 0.2}
    problem, (signals, stakes) = drawn_problem(60, limits=limits), drawn_models(60, 8)
    signals, returns = signals + np.arange(8), drawn_returns(60)[:, 0] + 0.05
    found = contribution(problem, signals, stakes, returns[:, None])[:, 0]
    reference, total = Reference(problem), stakes.sum()
    for model in (0, 7):
        step = STEP * total * np.eye(len(stakes))[model]
        up = return_of(reference, signals, stakes + step, returns)
        down = return_of(reference, signals, stakes - step, returns)
        assert found[model] == pytest.approx((up - down) / (2 * STEP * total), rel=1e-6)


@pytest.mark.parametrize("stocks", [60, 500, pytest.param(2000, marks=pytest.mark.long)])
def test_the_gradient_is_the_stock_layers(stocks):
    problem, (signals, stakes) = drawn_problem(stocks), drawn_models(stocks, 8)
    returns = drawn_returns(stocks)
    found = contribution(problem, signals, stakes, returns)[:, 0]
    expected = autograd(problem, signals, stakes, returns[:, 0], "diffcp")
    assert np.linalg.norm(found - expected) <= 1e-4 * np.linalg.norm(expected)


def autograd(problem, signals, stakes, returns, engine):
    """∂return/∂stakes by PyTorch through the CvxpyLayer: the definition of True Contribution."""
    staked = torch.tensor(stakes, requires_grad=True)
    meta = torch.tensor(signals) @ staked / staked.sum()
    meta = (meta - meta.mean()) / meta.std(correction=0)
    weights = PortfolioLayer(problem, engine)(meta)
    (weights @ torch.tensor(returns)).backward()
    return staked.grad.numpy()


@pytest.mark.parametrize("make", [drawn_problem, with_risk], ids=["plain", "risk"])
def test_newton_inside_the_layer_is_the_closed_form(make):
    problem, (signals, stakes) = make(500), drawn_models(500, 8)
    returns = drawn_returns(500)
    found = contribution(problem, signals, stakes, returns)[:, 0]
    expected = autograd(problem, signals, stakes, returns[:, 0], "newton")
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * np.abs(found).max())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_layer_takes_many_signals_at_once(engine):
    problem = drawn_problem(60)
    signals = standardized(np.random.default_rng(0).normal(size=(3, 60)))
    layer, returns = PortfolioLayer(problem, engine), torch.tensor(drawn_returns(60)[:, 0])
    together = torch.tensor(signals, requires_grad=True)
    (layer(together) @ returns).sum().backward()
    for signal, gradient in zip(signals, together.grad, strict=True):
        alone = torch.tensor(signal, requires_grad=True)
        (layer(alone) @ returns).backward()
        torch.testing.assert_close(gradient, alone.grad, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("make", [drawn_problem, with_risk], ids=["plain", "risk"])
def test_the_sensitivity_has_the_form_of_a_projection(make):
    problem = make(60)
    signal = standardized(np.random.default_rng(1).normal(size=60))
    matrix, found = jacobian(problem, signal)
    gamma, states = problem.risk_aversion, np.abs(found.states[0])
    assert (states == FREE).sum() > 5 and (states == CAPPED).any() and (states == 0).any()
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-15)
    assert np.linalg.eigvalsh(gamma * matrix).min() >= -1e-12
    assert np.linalg.eigvalsh(gamma * matrix).max() > 0.1
    neutral = problem.lower == problem.upper
    np.testing.assert_allclose(problem.exposures[neutral] @ matrix * gamma, 0, atol=1e-12)
    np.testing.assert_allclose(np.sign(found.weights[0]) @ matrix * gamma, 0, atol=1e-12)
    assert not matrix[states != FREE].any() and not matrix[:, states != FREE].any()
    if problem.risk_factors is None:
        np.testing.assert_allclose(gamma * matrix @ matrix, matrix, atol=1e-15)


def test_the_sensitivity_with_factor_risk_is_the_textbooks():
    problem = with_risk(60)
    signal = standardized(np.random.default_rng(1).normal(size=60))
    matrix, found = jacobian(problem, signal)
    free = np.abs(found.states[0]) == FREE
    binding = exposure_report(problem, signal, found).is_binding[: len(problem.names)]
    rows = np.vstack([problem.exposures[binding], np.sign(found.weights[0])])[:, free]
    risk = problem.risk_factors[:, free]
    inverse = np.linalg.inv(problem.risk_aversion * np.eye(free.sum()) + risk.T @ risk)
    middle = np.linalg.pinv(rows @ inverse @ rows.T, rcond=1e-10)
    expected = inverse - inverse @ rows.T @ middle @ rows @ inverse
    np.testing.assert_allclose(matrix[np.ix_(free, free)], expected, atol=1e-12)


@pytest.mark.parametrize("make", [drawn_problem, with_risk], ids=["plain", "risk"])
@pytest.mark.parametrize("stocks", SIZES)
def test_the_sensitivity_is_the_adjoint_of_certified_kkt_equations(stocks, make):
    problem, reference = make(stocks), Reference(make(stocks))
    rng = np.random.default_rng(6)
    signals, vectors = standardized(rng.normal(size=(2, stocks))), rng.normal(size=(2, stocks))
    found = sensitivities(problem, solve(problem, signals), vectors)
    expected = [reference.moved(*pair) for pair in zip(signals, vectors, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("distance", [0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-6, 3e-6, 1e-4])
def test_limits_next_to_dependent_have_the_right_gradient_or_none(distance):
    """The reference is the projector of an orthogonal basis, which needs no Gram matrix."""
    problem, rng = drawn_problem(500), np.random.default_rng(5)
    country = problem.exposures[1]
    moved = distance * rng.normal(size=500) * np.linalg.norm(country) / np.sqrt(500)
    near = replace(
        problem,
        names=(*problem.names, "factor:near"),
        exposures=np.vstack([problem.exposures, country + moved]),
        lower=np.append(problem.lower, 0.0),
        upper=np.append(problem.upper, 0.0),
    )
    signal, vector = standardized(rng.normal(size=500)), rng.normal(size=500)
    if 1e-13 < distance <= 1e-6:
        with pytest.raises(errors.DependentLimitsError, match="no gradient can be trusted"):
            solve(near, signal[None])
        return
    found = solve(near, signal[None])
    free = np.abs(found.states[0]) == FREE
    binds = near.lower == near.upper
    binds |= found.multipliers[0] != 0
    rows = np.vstack([near.exposures[binds], found.states[0]])[:, free]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[sizes > 1e-13]
    assert (sizes < 1e-13).sum() == (3 if distance < 1e-13 else 2)
    expected = (vector[free] - basis.T @ (basis @ vector[free])) / near.risk_aversion
    moved = sensitivities(near, found, vector[None])[0, free]
    np.testing.assert_allclose(moved, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


def test_redundant_rows_change_no_gradient():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    doubled = replace(
        problem,
        names=problem.names * 2,
        exposures=np.vstack([problem.exposures, 3 * problem.exposures]),
        lower=np.concatenate([problem.lower, 3 * problem.lower]),
        upper=np.concatenate([problem.upper, 3 * problem.upper]),
    )
    returns = drawn_returns(60)
    expected = contribution(problem, signals, stakes, returns)
    found = contribution(doubled, signals, stakes, returns)
    np.testing.assert_allclose(found, expected, atol=1e-12 * np.abs(expected).max())


def test_when_nothing_is_free_nothing_can_be_contributed():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    capped = replace(
        problem, risk_aversion=1e-6, position_limits=np.full(60, 1e-5), gross_limit=1.0
    )
    capped = replace(capped, lower=np.full_like(capped.lower, -1), upper=np.ones_like(capped.upper))
    stored, solutions = prepare(capped, signals, undropped(signals, stakes))
    assert (np.abs(solutions.states) == CAPPED).all()
    assert not true_contribution(stored, signals[stored.places], drawn_returns(60))[0].any()


def test_the_mean_over_draws_is_the_definitions():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    returns, draws = drawn_returns(60), drawn(signals, stakes, seeded(2), DropoutRule(6, 0.4))
    doubled = stakes * draws.survives / 0.6
    plain = np.array([autograd(problem, signals, d, returns[:, 0], "newton") for d in doubled])
    stored, _ = prepare(problem, signals, draws)
    values, errors_, correlation = true_contribution(stored, signals[stored.places], returns)
    parts = draws.weights[:, None] * plain
    np.testing.assert_allclose(values[:, 0], parts.sum(axis=0), rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(errors_[:, 0], sampling_errors(parts.T)[0], rtol=1e-8, atol=1e-14)
    halves = np.corrcoef(parts[:3].sum(axis=0), parts[3:].sum(axis=0))[0, 1]
    assert correlation[0] == pytest.approx(halves, rel=1e-8)
    masked, *_ = true_contribution(stored, signals[stored.places], returns, "masked")
    through = (parts * draws.survives / np.where(stakes > 0, 0.6, 1.0)).sum(axis=0)
    np.testing.assert_allclose(masked[:, 0], through, rtol=1e-8, atol=1e-14)
    assert (~draws.survives).any() and not np.allclose(masked[stakes > 0], values[stakes > 0])
    np.testing.assert_allclose(masked[stakes == 0], values[stakes == 0], rtol=1e-12)


@pytest.mark.parametrize("dropout", [0.5, 0.8])
def test_the_mean_over_every_mask_is_exact(dropout):
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 6)
    returns = drawn_returns(60)
    masks = np.array([mask for mask in product([False, True], repeat=4) if any(mask)])
    kept = masks.sum(axis=1)
    chance = (1 - dropout) ** kept * dropout ** (4 - kept)
    survives = np.column_stack([masks, np.ones((15, 2), dtype=bool)])
    plain = [
        autograd(problem, signals, stakes * mask / (1 - dropout), returns[:, 0], "newton")
        for mask in survives
    ]
    draws = drawn(signals, stakes, seeded(2), DropoutRule(15, dropout))
    stored, _ = prepare(problem, signals, draws)
    values, errors_, correlation = true_contribution(stored, signals[stored.places], returns)
    expected = np.average(plain, axis=0, weights=chance)
    np.testing.assert_allclose(values[:, 0], expected, rtol=1e-8, atol=1e-14)
    assert len(draws) == 15 and not errors_.any() and np.isnan(correlation[0])
    masked, *_ = true_contribution(stored, signals[stored.places], returns, "masked")
    rates = np.where(stakes > 0, 1 - dropout, 1.0)
    expected = np.average(plain * survives / rates, axis=0, weights=chance)
    np.testing.assert_allclose(masked[:, 0], expected, rtol=1e-8, atol=1e-14)


def test_a_draw_starts_from_the_nearest_solved_one_and_ends_where_it_would_alone():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 20)
    draws = drawn(signals, stakes, seeded(2), DropoutRule(80))
    whole = undropped(signals, stakes)
    _, base = prepare(problem, signals, whole)
    _, found = prepare(problem, signals, draws, solved=(whole.meta_signals, base))
    alone = solve(problem, draws.meta_signals)
    np.testing.assert_allclose(found.weights, alone.weights, atol=1e-14)
    vectors = np.tile(drawn_returns(60)[:, 0], (80, 1))
    moved = sensitivities(problem, alone, vectors)
    np.testing.assert_allclose(sensitivities(problem, found, vectors), moved, atol=1e-12)
    assert found.iterations.mean() < alone.iterations.mean()


def test_days_together_are_days_alone():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    returns, draws = drawn_returns(60, 3), drawn(signals, stakes, seeded(2), DropoutRule(5))
    stored, _ = prepare(problem, signals, draws)
    together, *_ = true_contribution(stored, signals[stored.places], returns)
    for day in range(3):
        alone, *_ = true_contribution(stored, signals[stored.places], returns[:, [day]])
        np.testing.assert_allclose(together[:, [day]], alone, rtol=1e-10, atol=1e-16)
    whole, *_ = true_contribution(stored, signals[stored.places], returns.sum(axis=1)[:, None])
    np.testing.assert_allclose(together.sum(axis=1), whole[:, 0], rtol=1e-10, atol=1e-15)


def test_what_is_stored_survives_a_round_trip(tmp_path):
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    stored, _ = prepare(problem, signals, drawn(signals, stakes, seeded(0), DropoutRule(4)))
    np.savez(tmp_path / "stored.npz", **vars(stored))
    with np.load(tmp_path / "stored.npz") as arrays:
        again = type(stored)(**arrays)
    expected = list(gradients(stored, signals[stored.places], drawn_returns(60, 2)))
    found = list(gradients(again, signals[again.places], drawn_returns(60, 2)))
    np.testing.assert_array_equal(found, expected)


def test_clones_contribute_the_same_whatever_their_stakes():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    signals[:, 1] = signals[:, 0]
    stakes[:2] = 5.0, 0.5
    rule = DropoutRule(10)
    v1 = contribution(problem, signals, stakes, drawn_returns(60), rule)
    assert v1[0] == pytest.approx(v1[1], rel=1e-9)
    masked = contribution(problem, signals, stakes, drawn_returns(60), rule, "masked")
    assert masked[0] != pytest.approx(masked[1], rel=1e-3)


def test_undropped_contributions_weighted_by_stake_sum_to_zero():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    found = contribution(problem, signals, stakes, drawn_returns(60), version="undropped")[:, 0]
    assert abs(stakes @ found) <= 1e-12 * np.abs(stakes * found).sum()
    alone = np.zeros(8)
    alone[2] = 3.0
    found = contribution(problem, signals, alone, drawn_returns(60), version="undropped")[:, 0]
    assert abs(found[2]) <= 1e-12 * np.abs(found).max() and np.abs(found).max() > 0


def test_returns_versions_and_signals_that_do_not_fit_are_refused():
    problem, (signals, stakes) = drawn_problem(60), drawn_models(60, 8)
    stored, _ = prepare(problem, signals, drawn(signals, stakes, seeded(0), DropoutRule(3)))
    here, returns = signals[stored.places], drawn_returns(60)
    with pytest.raises(ValueError, match="no version 'v2'"):
        true_contribution(stored, here, returns, "v2")
    with pytest.raises(ValueError, match="without dropout"):
        true_contribution(stored, here, returns, "undropped")
    with pytest.raises(errors.InvalidSignalError, match="signals have shape"):
        true_contribution(stored, signals, returns)
    returns[stored.places[0]] = np.nan
    with pytest.raises(errors.InvalidSignalError, match="return"):
        true_contribution(stored, here, returns)
