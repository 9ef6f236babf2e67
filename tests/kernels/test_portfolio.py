"""Portfolios against Clarabel, their checks, and every input that is refused."""

from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from portfolios import SIZES, Reference, drawn_problem, objective, standardized
from scipy.stats import norm

from kardashev import errors
from kardashev.portfolio import layer
from kardashev.portfolio.active_set import polished
from kardashev.portfolio.layer import PortfolioLayer
from kardashev.portfolio.newton import dual_minimum
from kardashev.portfolio.optimality import natural_residual, unit_problem
from kardashev.portfolio.problem import PortfolioProblem, neutral_problem
from kardashev.portfolio.report import exposure_report
from kardashev.portfolio.solve import ENGINES, solve
from kardashev.portfolio.specification import specification
from kardashev.rounds.blocks import Blocks
from kardashev.rounds.neutralized import factor_loading_rows
from kardashev.rounds.portfolios import FACTORS, portfolio_problem
from kardashev.rounds.prepared import PreparedBlock, Sources

pytestmark = pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # of cvxpylayers

OPTIMAL = 1e-9  # of the largest signal


def drawn_signals(stocks, draws, seed=0):
    return standardized(np.random.default_rng(seed + 7).normal(size=(draws, stocks)))


def rng_of(seed):
    return np.random.default_rng(seed)


def with_risk(stocks, seed=0):
    rng = np.random.default_rng(seed + 3)
    return drawn_problem(
        stocks,
        seed,
        {"turnover_aversion": 0.01},
        risk_factors=rng.normal(size=(4, stocks)),
        previous=rng.normal(size=stocks) / stocks,
    )


@pytest.mark.parametrize("make", [drawn_problem, with_risk], ids=["plain", "risk and turnover"])
@pytest.mark.parametrize("stocks", SIZES)
def test_portfolios_are_clarabels(stocks, make):
    problem, signals = make(stocks), drawn_signals(stocks, 3)
    reference, found = Reference(problem), solve(problem, signals)
    assert set(found.engines) == {"newton"} and found.residuals.max() <= OPTIMAL
    for signal, weights in zip(signals, found.weights, strict=True):
        expected = reference.clarabel(signal)
        value = objective(problem, signal, expected)
        assert abs(objective(problem, signal, weights) - value) <= 1e-8 * max(1, abs(value))
        np.testing.assert_allclose(weights, reference.solve(signal), atol=1e-13)


@pytest.mark.parametrize("make", [drawn_problem, with_risk], ids=["plain", "risk and turnover"])
@pytest.mark.parametrize("engine", ENGINES)
def test_engines_and_their_layers_are_one_problems(engine, make):
    problem, signals = make(60), drawn_signals(60, 3)
    expected = [Reference(problem).solve(signal) for signal in signals]
    found = solve(problem, signals, engine)
    assert set(found.engines) == {engine} and set(found.statuses) == {"solved"}
    np.testing.assert_allclose(found.weights, expected, atol=1e-7)
    layers = PortfolioLayer(problem, engine)(torch.tensor(signals)).numpy()
    np.testing.assert_allclose(layers, expected, atol=1e-7)


@pytest.mark.parametrize("stocks", SIZES)
def test_limits_of_every_kind_bind_and_are_reported(stocks):
    problem, (signal,) = drawn_problem(stocks), drawn_signals(stocks, 1)
    found = solve(problem, signal[None])
    report = exposure_report(problem, signal, found)
    by_name = dict(zip(report.names, range(len(report.names)), strict=True))
    assert report.is_binding[[by_name[name] for name in ("dollar", "gross", "position")]].all()
    factors = [by_name[name] for name in report.names if name.startswith("factor:")]
    assert report.is_binding[factors].any()
    assert (report.exposures <= report.upper + 1e-14).all()
    assert (report.exposures >= report.lower - 1e-14).all()
    slack = ~report.is_binding
    np.testing.assert_allclose(report.duals[slack], 0, atol=1e-6)
    assert report.held == (np.abs(found.weights[0]) > 1e-9).sum() < stocks


@pytest.mark.parametrize("name", ["gross", "factor:f0", "factor:f1", "factor:f2", "position"])
def test_a_dual_is_what_a_wider_limit_gains(name):
    stocks, step = 60, 1e-6
    (signal,) = drawn_signals(stocks, 1)
    problem = drawn_problem(stocks)
    report = exposure_report(problem, signal, solve(problem, signal[None]))
    place = report.names.index(name)

    def best(change):
        fields = dict(vars(problem))
        if name == "gross":
            fields["gross_limit"] = problem.gross_limit + change
        elif name == "position":
            fields["position_limits"] = problem.position_limits * (1 + change)
        else:
            sides = [change * (np.array(problem.names) == name)] * 2
            fields |= {
                "lower": problem.lower - sides[0] * (report.duals[place] < 0),
                "upper": problem.upper + sides[1] * (report.duals[place] > 0),
            }
        moved = PortfolioProblem(**fields)
        return objective(moved, signal, solve(moved, signal[None]).weights[0])

    gain = (best(step) - best(-step)) / (2 * step)
    assert abs(report.duals[place]) == pytest.approx(gain, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_duals_are_what_small_changes_of_limits_gain_together(seed):
    """Fixed rows move as some change of the weights moves them; the others and the gross limit, anyhow."""
    problem, (signal,) = drawn_problem(60), drawn_signals(60, 1)
    report, rng = exposure_report(problem, signal, solve(problem, signal[None])), rng_of(seed)
    duals, fixed = report.duals[: len(problem.names)], problem.lower == problem.upper
    assert np.linalg.matrix_rank(problem.exposures[fixed]) == fixed.sum() - 2
    change = np.where(
        fixed, problem.exposures @ rng.normal(size=60) / 60, rng.normal(size=len(duals))
    )
    gross = rng.normal()

    def best(step):
        moved = PortfolioProblem(
            **vars(problem)
            | {
                "lower": problem.lower + step * change * (fixed | (duals < 0)),
                "upper": problem.upper + step * change * (fixed | (duals > 0)),
                "gross_limit": problem.gross_limit + step * gross,
            }
        )
        return objective(moved, signal, solve(moved, signal[None]).weights[0])

    step = 1e-6
    gain = (best(step) - best(-step)) / (2 * step)
    price = report.duals[report.names.index("gross")]
    assert duals @ change + price * gross == pytest.approx(gain, rel=1e-6, abs=1e-8)


def test_a_neutral_row_that_others_imply_gains_nothing_widened_alone_and_cannot_be_moved_alone():
    problem, (signal,) = drawn_problem(60), drawn_signals(60, 1)
    weights = solve(problem, signal[None]).weights
    for name in ("dollar", "country__C1", "sector__S2"):
        wider = solve(bounded(problem, **{name: (-0.1, 0.1)}), signal[None])
        np.testing.assert_allclose(wider.weights, weights, atol=1e-13)
        with pytest.raises(errors.InfeasibleError):
            solve(bounded(problem, **{name: (0.01, 0.01)}), signal[None])


def test_of_the_duals_that_say_the_same_the_least_are_given():
    problem, (signal,) = drawn_problem(60), drawn_signals(60, 1)
    found = solve(problem, signal[None])
    duals = exposure_report(problem, signal, found).duals
    fixed = problem.lower == problem.upper
    rows = problem.exposures[fixed]
    least = np.linalg.pinv(rows.T) @ (rows.T @ duals[: len(problem.names)][fixed])
    np.testing.assert_allclose(duals[: len(problem.names)][fixed], least, atol=1e-12)
    others = found.multipliers[0].copy(), found.gross_multipliers[0]
    norms = np.linalg.norm(problem.exposures, axis=1)
    others[0][0] += norms[0]
    others[0][1:4] -= norms[1:4]
    again = solve(problem, signal[None], start=others)
    assert np.abs(again.multipliers - found.multipliers).max() > 0.1
    np.testing.assert_allclose(exposure_report(problem, signal, again).duals, duals, atol=1e-10)


def test_a_neutral_portfolio_is_neutral():
    problem = drawn_problem(500)
    weights = solve(problem, drawn_signals(500, 2)).weights
    neutral = problem.lower == problem.upper
    assert neutral.sum() == 1 + 6 + 8  # dollar, countries, sectors
    np.testing.assert_allclose(weights @ problem.exposures[neutral].T, 0, atol=1e-15)


def test_a_limit_of_its_own_goes_before_its_groups():
    problem = drawn_problem(60, limits={"factor:f1": 0.5, "country": None, "country:C0": 0.1})
    upper = dict(zip(problem.names, problem.upper, strict=True))
    assert upper["factor:f1"] == 0.5 and upper["factor:f0"] == 0.02
    assert [name for name in upper if name.startswith("country")] == ["country:C0"]


@pytest.mark.parametrize("warm", [False, True])
def test_draws_solved_together_equal_draws_solved_alone(warm):
    problem, signals = drawn_problem(500), drawn_signals(500, 8)
    alone = [solve(problem, signal[None]).weights[0] for signal in signals]
    first = solve(problem, signals[:1])
    start = (first.multipliers[0], first.gross_multipliers[0]) if warm else None
    np.testing.assert_allclose(solve(problem, signals, start=start).weights, alone, atol=1e-15)


def test_an_optimum_does_not_move_with_the_unit_of_the_signal():
    problem, signals = drawn_problem(60), drawn_signals(60, 2)
    larger = PortfolioProblem(**vars(problem) | {"risk_aversion": problem.risk_aversion * 1e6})
    found = solve(larger, signals * 1e6)
    assert set(found.engines) == {"newton"}
    np.testing.assert_allclose(found.weights, solve(problem, signals).weights, atol=1e-13)


def test_the_residual_sees_each_condition_broken():
    problem, signals = drawn_problem(60), drawn_signals(60, 1)
    found, unit = solve(problem, signals), unit_problem(problem)
    v = found.weights * unit.curvature

    def residual(v=v, multipliers=found.multipliers, gross=found.gross_multipliers):
        return natural_residual(unit, signals, v, multipliers, gross)[0]

    assert residual() <= 1e-12
    moved = v.copy()
    moved[0, np.flatnonzero(found.states[0] == 0)[0]] += 1e-3
    assert residual(v=moved) >= 1e-3 / unit.gross
    assert residual(multipliers=found.multipliers + 1e-3) >= 1e-5
    assert residual(gross=found.gross_multipliers + 1e-3) >= 1e-4
    assert np.isnan(residual(v=v * np.nan))


@pytest.mark.parametrize("stocks", [60, 500])
def test_a_broken_limit_is_no_solution_however_small_the_curvature(stocks):
    problem = drawn_problem(stocks, limits={"risk_aversion": 1e-12})
    unit, signals = unit_problem(problem), drawn_signals(stocks, 1)
    found = polished(unit, signals, *dual_minimum(unit, signals), "newton")
    exposures = problem.exposures @ found.weights[0]
    assert max((exposures - problem.upper).max(), (problem.lower - exposures).max()) > 1e-3
    assert found.statuses[0] == "residual too large" and found.residuals[0] > 1e-4


@pytest.mark.parametrize("aversion", [1e-4, 1e-6, 1e-8, 1e-12])
def test_what_is_solved_meets_its_limits_however_small_the_curvature(aversion):
    problem, signals = drawn_problem(60, limits={"risk_aversion": aversion}), drawn_signals(60, 2)
    found = solve(problem, signals)
    exposures = found.weights @ problem.exposures.T
    allowed = np.where(found.statuses == "solved", 1e-8, 1e-6)[:, None]
    assert (exposures <= problem.upper + allowed).all()
    assert (exposures >= problem.lower - allowed).all()
    best = [Reference(problem).clarabel(signal) for signal in signals]
    for signal, weights, expected in zip(signals, found.weights, best, strict=True):
        value = objective(problem, signal, expected)
        assert objective(problem, signal, weights) == pytest.approx(value, rel=1e-6)


def test_limits_that_force_a_portfolio_on_no_signal_are_met():
    problem = bounded(drawn_problem(60), factor__f0=(0.1, 0.2))
    found = solve(problem, np.zeros((1, 60)))
    assert found.engines[0] == "newton" and found.residuals[0] <= OPTIMAL
    np.testing.assert_allclose(
        found.weights[0], Reference(problem).clarabel(np.zeros(60)), atol=1e-7
    )


KINDS = ("normal", "dummy", "zero", "copy", "sum", "scaled")


@st.composite
def any_problem(draw, kinds=KINDS):
    """Small problems, degenerate ones among them, that a portfolio without weights satisfies."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stocks, rows = draw(st.integers(1, 30)), draw(st.integers(0, 8))
    exposures = rng.normal(size=(rows, stocks))
    for row in range(rows):
        kind = draw(st.sampled_from(kinds))
        if kind == "dummy":
            exposures[row] = rng.random(stocks) < 0.3
        elif kind == "zero":
            exposures[row] = 0
        elif kind == "copy" and row:
            exposures[row] = exposures[row - 1]
        elif kind == "sum":
            exposures[row] = exposures[:row].sum(axis=0)
        elif kind == "scaled":
            exposures[row] *= 1e4
    limits = np.array([draw(st.sampled_from([0.0, 0.0, 1e-3, 0.05, np.inf])) for _ in range(rows)])
    caps = rng.choice([0.0, 0.01, 0.1, np.inf], stocks)
    problem = PortfolioProblem(
        names=tuple(f"factor:{row}" for row in range(rows)),
        exposures=exposures,
        lower=-limits,
        upper=limits * rng.choice([1, 2], rows),
        position_limits=caps,
        gross_limit=draw(st.sampled_from([0.05, 0.3, 1.0, 1e3])),
        risk_aversion=draw(st.sampled_from([1e-2, 1.0, 30.0])),
        risk_factors=rng.normal(size=(2, stocks)) if draw(st.booleans()) else None,
    )
    signal = rng.normal(size=stocks)
    if draw(st.booleans()):
        signal = np.round(signal)  # ties
    return problem, signal


@settings(max_examples=300, deadline=None, derandomize=True)  # one in thousands is the reference's
@given(any_problem())
def test_any_problem_is_solved_degenerate_ones_too(drawn):
    problem, signal = drawn
    found = solve(problem, signal[None])
    assert found.engines[0] == "newton"
    assert found.residuals[0] <= OPTIMAL * np.abs(signal).max(initial=0.0)
    exposures = problem.exposures @ found.weights[0]
    allowed = OPTIMAL * np.abs(signal).max(initial=0.0) / problem.risk_aversion
    allowed = allowed * np.linalg.norm(problem.exposures, axis=1)
    assert (exposures <= problem.upper + allowed).all()
    assert (exposures >= problem.lower - allowed).all()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(any_problem(KINDS[:-1]))  # badly scaled rows are beyond Clarabel
def test_no_portfolio_of_the_specification_is_better(drawn):
    problem, signal = drawn
    stated = specification(problem)
    stated.signal.value = signal
    stated.problem.solve(solver="CLARABEL")
    (weights,) = solve(problem, signal[None]).weights
    best = stated.problem.value / stated.scale
    assert objective(problem, signal, weights) == pytest.approx(best, abs=1e-6, rel=1e-6)


def test_redundant_rows_change_no_portfolio():
    problem, signals = drawn_problem(60), drawn_signals(60, 2)
    total = problem.exposures[problem.lower == problem.upper].sum(axis=0)
    twice = PortfolioProblem(
        **vars(problem)
        | {
            "names": (*problem.names, *problem.names, "sum"),
            "exposures": np.vstack([problem.exposures, problem.exposures, total]),
            "lower": np.concatenate([problem.lower, problem.lower, [0.0]]),
            "upper": np.concatenate([problem.upper, problem.upper, [0.0]]),
        }
    )
    found = solve(twice, signals)
    assert set(found.engines) == {"newton"}
    np.testing.assert_allclose(found.weights, solve(problem, signals).weights, atol=1e-13)


def bounded(problem, **bounds):
    """The problem with other bounds on rows, given by name as (lower, upper)."""
    lower, upper = problem.lower.copy(), problem.upper.copy()
    for name, pair in bounds.items():
        row = problem.names.index(name.replace("__", ":"))
        lower[row], upper[row] = pair
    return PortfolioProblem(**vars(problem) | {"lower": lower, "upper": upper})


def test_a_limit_away_from_zero_is_met():
    problem, (signal,) = drawn_problem(60), drawn_signals(60, 1)
    tilted = bounded(problem, factor__f0=(0.1, 0.2))
    found = solve(tilted, signal[None])
    assert (tilted.exposures @ found.weights[0])[tilted.names.index("factor:f0")] >= 0.1 - 1e-12
    np.testing.assert_allclose(found.weights[0], Reference(tilted).solve(signal), atol=1e-13)


@pytest.mark.parametrize("build", [solve, lambda problem, _: PortfolioLayer(problem, "diffcp")])
def test_infeasible_limits_name_the_groups_in_conflict(build):
    problem, signals = drawn_problem(60), drawn_signals(60, 1)
    with pytest.raises(errors.InfeasibleError, match=r"factor:f0.*gross") as caught:
        build(bounded(problem, factor__f0=(9, 10)), signals)
    assert {"factor:f0", "gross"} <= set(caught.value.groups)
    one = np.ones((1, 60))
    both = PortfolioProblem(
        ("country:A", "sector:B"), np.vstack([one, one]), np.array([0.1, -0.2]),
        np.array([0.2, 0.0]), np.ones(60), 1.0, 1.0,
    )  # fmt: skip
    with pytest.raises(errors.InfeasibleError) as caught:
        build(both, signals)
    assert set(caught.value.groups) == {"country:A", "sector:B"}


@pytest.mark.parametrize("engine", ENGINES)
def test_infeasible_limits_that_reach_an_engine_are_no_portfolio(engine, monkeypatch):
    for module in ("layer", "solve"):
        monkeypatch.setattr(f"kardashev.portfolio.{module}.check_feasible", lambda problem: None)
    problem = bounded(drawn_problem(60), factor__f0=(9, 10))
    with pytest.raises(errors.SolverError, match="diffcp"):
        solve(problem, drawn_signals(60, 1), engine)


def test_a_linear_program_without_an_answer_is_an_error(monkeypatch):
    found = SimpleNamespace(status=1, message="iteration limit")
    monkeypatch.setattr("scipy.optimize.linprog", lambda *_, **__: found)
    with pytest.raises(errors.SolverError, match="not known: iteration limit"):
        solve(bounded(drawn_problem(60), factor__f0=(0.1, 0.2)), drawn_signals(60, 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exposures": np.full((1, 4), np.nan)}, "factor:x: an exposure is not finite"),
        ({"exposures": np.full((1, 4), np.inf)}, "factor:x: an exposure is not finite"),
        ({"lower": np.full(1, np.inf), "upper": np.full(1, np.inf)}, "factor:x.*at infinity"),
        ({"lower": np.full(1, -np.inf), "upper": np.full(1, -np.inf)}, "factor:x.*at infinity"),
        ({"lower": np.array([1.0])}, "factor:x.*reversed"),
        ({"upper": np.array([np.nan])}, "factor:x.*reversed"),
        ({"upper": np.ones(2)}, "upper has shape"),
        ({"position_limits": np.array([1, 1, 1, -1.0])}, "position"),
        ({"position_limits": np.full(4, np.nan)}, "position"),
        ({"gross_limit": 0.0}, "gross"),
        ({"gross_limit": np.nan}, "gross"),
        ({"risk_aversion": 0.0}, "risk aversion"),
        ({"risk_factors": np.ones((2, 3))}, "risk_factors"),
        ({"risk_factors": np.full((2, 4), np.inf)}, "risk_factors"),
        ({"previous": np.full(4, np.nan)}, "previous"),
        ({"turnover_aversion": 1.0}, "turnover_aversion: there is no previous"),
        ({"turnover_aversion": -1.0}, "turnover_aversion is negative"),
        ({"turnover_aversion": np.nan}, "turnover_aversion is negative, NaN"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_problem_that_means_nothing_is_refused(change, message):
    fields = {
        "names": ("factor:x",),
        "exposures": np.ones((1, 4)),
        "lower": np.zeros(1),
        "upper": np.zeros(1),
        "position_limits": np.ones(4),
        "gross_limit": 1.0,
        "risk_aversion": 1.0,
    }
    with pytest.raises(errors.InvalidProblemError, match=message):
        PortfolioProblem(**fields | change)


NEEDED = {"gross": 1.0, "risk_aversion": 1.0}


def universe_problem(limits, sample_weights=(1.0, 1.0, 1.0), factors=((0.0,), (1.0,), (-1.0,))):
    """A problem of three stocks in two countries, one sector, with the factor beta."""
    return neutral_problem(
        ["A", "A", "B"], ["S"] * 3, np.array(factors), ["beta"], np.array(sample_weights), limits
    )


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"risk_aversion": 1.0}, "gross: a portfolio needs this limit"),
        ({"gross": 1.0}, "risk_aversion: a portfolio needs this limit"),
        (NEEDED | {"factors": 0.1}, "factors: no such limit"),
        (NEEDED | {"factor:betta": 0.1}, "factor:betta: no such limit"),
        (NEEDED | {"factor:betta": None}, "factor:betta: no such limit"),
        (NEEDED | {"country:C": 0}, "country:C: no such limit"),
        (NEEDED | {"dollar:A": 0}, "dollar:A: no such limit"),
        (NEEDED | {"position:A": 0}, "position:A: no such limit"),
        (NEEDED | {"dollar": -0.1}, "dollar: .*reversed"),
        (NEEDED | {"country": -0.1}, "country:A: .*reversed"),
        (NEEDED | {"factor": np.nan}, "factor:beta: limits are NaN"),
        (NEEDED | {"position": -0.1}, "position: a limit is negative"),
        (NEEDED | {"position_by_weight": -1}, "position: a limit is negative"),
        (NEEDED | {"position_by_weight": np.nan}, "position: a limit is negative or NaN"),
        (NEEDED | {"gross": 0}, "gross"),
        (NEEDED | {"gross": np.inf}, "gross"),
        (NEEDED | {"turnover_aversion": 0.1}, "turnover_aversion: there is no previous"),
    ],
)
def test_limits_of_which_no_problem_is_made_are_named(limits, message):
    with pytest.raises(errors.InvalidProblemError, match=message):
        universe_problem(limits)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_sample_weights_are_positive_and_finite(weight):
    with pytest.raises(errors.InvalidProblemError, match="sample weights"):
        universe_problem(NEEDED, (1.0, weight, 1.0))


def test_a_stock_that_lacks_a_factor_with_a_limit_is_not_held():
    holes = ((np.nan,), (1.0,), (-1.0,))
    signal = np.array([[3.0, 1.0, 1.0]])
    limits = NEEDED | {"factor": 0.1}
    problem = universe_problem(limits, factors=holes)
    np.testing.assert_array_equal(problem.position_limits, [0, 1, 1])
    found = solve(problem, signal)
    assert found.weights[0, 0] == 0 and (found.weights[0, 1:] > 0).all()
    assert solve(universe_problem(limits), signal).weights[0, 0] > 0
    assert universe_problem(NEEDED, factors=holes).position_limits.all()
    with pytest.raises(errors.InvalidProblemError, match="every stock lacks"):
        universe_problem(limits, factors=((np.nan,),) * 3)


def read_problem(factors, limits):
    """What `portfolio_problem` makes of three stocks, rows (stock, factor, value) and rows of limits."""
    connection = duckdb.connect()
    connection.execute(
        """create table universe as select 1 as round_number, unnest([0, 1, 2]) as stock_key,
        'S' || stock_key as stock_id, 'A' as country, 'S' as sector, 1.0 as sample_weight"""
    )
    about = {"round_number": 1, "factor_set": FACTORS}
    of_factor = "select 'S' || stock_key as stock_id, [value] as column_values from landed"
    scans = [
        (1, "factors", [name], f"{of_factor} where factor = '{name}'")
        for name in sorted({*factors["factor"]})
    ]
    named = pd.DataFrame(scans, columns=["round_number", "table_name", "names", "scan"])
    columns = named.assign(factor_set=FACTORS, factor=named["names"].str[0])
    given = {"landed": pd.DataFrame(factors), "scans": named, "columns": columns}
    for name, rows in (given | {"limits": pd.DataFrame(about | limits)}).items():
        connection.from_df(rows).create(name)
    names = ("universe", "columns", "scans", "limits")
    universe, columns, scans, limits = (connection.table(name) for name in names)
    rounds = connection.sql("select 1 as round_number, 'one' as fingerprint")
    sets = connection.sql("select 1 as round_number, 'neutralizers' as factor_set")
    loadings = factor_loading_rows(connection, rounds, universe, columns, sets, scans)
    connection.from_arrow(loadings.read_all()).create("loadings")
    sources = Sources(None, None, universe, connection.table("loadings"))
    reader = Blocks(connection)
    stocks = reader.index(universe, {"round_number": 1}, "stock_key", "stock_id")
    return portfolio_problem(PreparedBlock(reader, sources, 1, stocks, None, None), limits)


ROWS_OF_LIMITS = {
    "constraint_name": ["gross", "risk_aversion", "factor"],
    "limit_value": [1.0, 1.0, 0.1],
}


@pytest.mark.parametrize("hole", ["no row", np.nan, None, np.inf])
def test_a_landed_hole_in_a_factor_keeps_its_stock_out_and_no_other(hole):
    factors = {
        "stock_key": [0, 1, 2, 1, 2, 0],
        "factor": ["beta"] * 3 + ["size"] * 3,
        "value": [0.3, 0.1, 0.2, 5.0, 4.0, hole],
    }
    if hole == "no row":
        factors = {name: values[:-1] for name, values in factors.items()}
    problem = read_problem(factors, ROWS_OF_LIMITS)
    np.testing.assert_array_equal(problem.position_limits, [0, 1, 1])
    beta, size = problem.exposures
    np.testing.assert_allclose(beta, [0, norm.ppf(1 / 6), 0], atol=1e-15)
    np.testing.assert_allclose(size, [0, norm.ppf(3 / 4), norm.ppf(1 / 4)], atol=1e-15)


def test_two_rows_for_one_limit_are_refused():
    limits = {name: [*values, values[0]] for name, values in ROWS_OF_LIMITS.items()}
    factors = {"stock_key": [0, 1, 2], "factor": ["beta"] * 3, "value": [0.3, 0.1, 0.2]}
    with pytest.raises(errors.InvalidProblemError, match="gross: 2 rows of portfolio_limits"):
        read_problem(factors, limits)


def test_a_universe_of_one_stock_and_limits_of_nothing_hold_nothing():
    one = neutral_problem(["A"], ["S"], np.ones((1, 0)), [], np.ones(1), NEEDED | {"dollar": 0})
    assert not solve(one, np.ones((1, 1))).weights.any()
    alone = neutral_problem(["A"], ["S"], np.ones((1, 0)), [], np.ones(1), NEEDED)
    np.testing.assert_allclose(solve(alone, np.full((1, 1), 2.0)).weights, 1.0)
    nothing = universe_problem(NEEDED | {"position": 0})
    report = exposure_report(nothing, np.ones(3), solve(nothing, np.ones((1, 3))))
    assert report.held == 0 and not report.exposures.any()


def test_equal_signals_are_solved():
    found = solve(drawn_problem(60), np.ones((2, 60)))
    assert found.residuals.max() <= OPTIMAL and set(found.engines) == {"newton"}


def test_an_unmeetable_gross_limit_beside_neutral_rows_names_both():
    problem = bounded(drawn_problem(60), dollar=(0.5, 0.5))
    with pytest.raises(errors.InfeasibleError) as caught:
        solve(problem, drawn_signals(60, 1))
    assert "dollar" in caught.value.groups


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_signals_that_are_no_numbers_are_refused(engine, value):
    problem, signals = drawn_problem(60), drawn_signals(60, 2)
    signals[1, 3] = value
    with pytest.raises(errors.InvalidSignalError, match="NaN or infinite"):
        solve(problem, signals, engine)
    with pytest.raises(errors.InvalidSignalError, match="NaN or infinite"):
        PortfolioLayer(problem, engine)(torch.from_numpy(signals))


def test_signals_of_another_universe_and_unknown_engines_are_refused():
    problem = drawn_problem(60)
    with pytest.raises(errors.InvalidSignalError, match="shape"):
        solve(problem, np.zeros((1, 59)))
    with pytest.raises(errors.InvalidSignalError, match="shape"):
        solve(problem, np.zeros(60))
    with pytest.raises(errors.InvalidSignalError, match="no signal"):
        solve(problem, np.zeros((0, 60)))
    with pytest.raises(errors.InvalidProblemError, match="no engine 'simplex'"):
        solve(problem, np.zeros((1, 60)), "simplex")
    with pytest.raises(errors.InvalidProblemError, match="no engine 'simplex'"):
        PortfolioLayer(problem, "simplex")


def test_no_signal_is_no_portfolio():
    assert not solve(drawn_problem(60), np.zeros((1, 60))).weights.any()


def test_a_draw_that_newton_does_not_solve_is_solved_by_the_reference_and_says_so():
    problem, signals = drawn_problem(60), drawn_signals(60, 3)
    good = solve(problem, signals)
    assert set(good.statuses) == {"solved"}
    start = good.multipliers[1], good.gross_multipliers[1]
    found = solve(problem, signals, start=start, iteration_limit=0)
    assert list(found.engines) == ["diffcp", "newton", "diffcp"]
    assert list(found.statuses) == ["fallback", "solved", "fallback"]
    np.testing.assert_allclose(found.weights, good.weights, atol=1e-7)
    np.testing.assert_array_equal(found.states, good.states)
    assert (found.residuals[[0, 2]] > 0).all() and found.residuals.max() <= 1e-5


def test_a_reference_that_stops_early_is_refused(monkeypatch):
    problem, signals = drawn_problem(60), drawn_signals(60, 1)
    monkeypatch.setitem(layer.REFERENCE_OPTIONS, "max_iters", 3)
    with pytest.raises(errors.SolverError, match="its residual is"):
        solve(problem, signals, "diffcp")
    with pytest.raises(errors.SolverError, match="its residual is"):
        solve(problem, signals, iteration_limit=0)
