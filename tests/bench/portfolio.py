"""Portfolios and True Contribution at real size: CPU seconds, beside two rivals and beside the floor.

`make bench` runs it. 5,000 stocks, 4,000 models, 100 dropout draws; BLAS on one thread. A few draws of each
rival are timed and scaled; what it sets up once is not counted. The stock layer is set up as well as it can
be (unit rows, scaled weights, SCS at 1e-8, its faster backward pass). The strongest rival known is a general
solver of quadratic programs whose gradient is taken on the active set (dQP, Magoon et al. 2025, arXiv
2410.06324): PIQP, on long and short parts, so that its matrix of squares is diagonal. The floor of a draw
is one product rows × stocks × rows and six of the rows with a vector.
"""

import warnings

import numpy as np
import piqp
import torch
from clock import cpu
from scipy import sparse
from threadpoolctl import threadpool_limits

from kardashev.portfolio.active_set import from_weights
from kardashev.portfolio.dropout import drawn, undropped
from kardashev.portfolio.layer import PortfolioLayer
from kardashev.portfolio.optimality import unit_problem
from kardashev.portfolio.problem import neutral_problem
from kardashev.portfolio.report import HELD
from kardashev.portfolio.solve import DIFFCP, sensitivities, solve
from kardashev.portfolio.true_contribution import prepare, true_contribution

STOCKS, MODELS = 5000, 4000
RIVAL_DRAWS = 2
PIQP_TOLERANCE = 1e-10  # at 1e-9 an active set is not yet certain
FLOOR_REPEATS, PRODUCTS = 20, 6
FASTER_BACKWARD = {"mode": "lsqr"}
LIMITS = {
    "dollar": 0,
    "country": 0,
    "sector": 0,
    "factor": 0.05,
    "position": 0.05,
    "position_by_weight": 50,
    "gross": 1.0,
    "risk_aversion": 0.02,
}


def universe(rows):
    """A problem with so many rows: the dollar, three tenths countries, a fifth sectors, then factors."""
    rng = np.random.default_rng(rows)
    countries, sectors = 3 * rows // 10, rows // 5
    factors = rows - 1 - countries - sectors
    share = rng.pareto(1.2, countries) + 0.1
    members = np.concatenate(
        [np.arange(countries), rng.choice(countries, STOCKS - countries, p=share / share.sum())]
    )
    return neutral_problem(
        [f"country {i}" for i in members],
        [f"sector {i % sectors}" for i in range(STOCKS)],
        rng.normal(size=(STOCKS, factors)),
        [str(i) for i in range(factors)],
        np.exp(rng.normal(size=STOCKS)),
        LIMITS,
    )


def models(common=0.0):
    """Signals that share twenty sources, and some of one opinion; stakes of which a third are zero."""
    rng = np.random.default_rng(1)
    signals = rng.normal(size=(STOCKS, 20)) @ rng.normal(size=(20, MODELS)) / 5
    signals += rng.normal(size=signals.shape)
    signals += common * rng.normal(size=(STOCKS, 1))
    stakes = rng.exponential(size=MODELS) * (rng.random(MODELS) < 2 / 3)
    return (signals - signals.mean(axis=0)) / signals.std(axis=0), stakes


def measure(rows, signals, stakes):
    problem, rng = universe(rows), np.random.default_rng(2)
    returns = rng.normal(size=(STOCKS, 1)) * 0.02
    draws, drawing = cpu(lambda: drawn(signals, stakes, rng, exposures=problem.exposures))
    whole, sets = undropped(signals, stakes).meta_signals, draws.meta_signals
    vectors = np.repeat(returns.T, len(draws), axis=0)

    (first, gradient), cold = cpu(lambda: solved(problem, whole, vectors[:1]))
    start = first.multipliers[0], first.gross_multipliers[0]
    (found, _), warm = cpu(lambda: solved(problem, sets, vectors, start))
    some = np.vstack([whole, sets])[:RIVAL_DRAWS]
    stock, stock_gradient = stock_layer(problem, some, returns[:, 0])
    rival, rival_gradient = piqp_and_adjoint(problem, some, vectors[:RIVAL_DRAWS])
    least = floor(problem)
    (stored, _), close = cpu(lambda: prepare(problem, signals, draws, solved=(whole, first)))
    here = signals[stored.places]
    (_, _, halves), day = cpu(lambda: true_contribution(stored, here, returns))

    held = (np.abs(found.weights) > HELD * problem.gross_limit).sum(axis=1)
    stock_off, rival_off = (
        np.linalg.norm(other - gradient[0]) / np.linalg.norm(gradient[0])
        for other in (stock_gradient, rival_gradient)
    )
    print(f"\n{len(problem.names)} rows: {held.min()} to {held.max()} stocks held,", end=" ")
    print(f"{found.iterations.mean():.1f} iterations a draw, residual {found.residuals.max():.0e},")
    print(f"engines {', '.join(sorted(set(found.engines)))}, gradients off by", end=" ")
    print(f"{rival_off:.0e} (PIQP) and {stock_off:.0e} (stock layer),")
    print(f"correlation between half-samples {halves[0]:.2f}")
    print(f"{'stage':<44} {'CPU s':>8} {'PIQP':>6} {'stock layer':>12} {'floor':>6}")
    table = (
        ("one draw, cold: portfolio and gradient", cold, 1),
        (f"{len(draws)} draws: portfolios and gradients", warm, len(draws)),
        ("at the close: meta models, draws, loadings", drawing + close, 0),
        (f"a day's returns: TC of {MODELS:,} models", day, 0),
        ("PIQP and the active set's adjoint, one draw", rival, 0),
        ("stock layer, one draw of a batch", stock, 0),
    )
    for stage, seconds, draws in table:
        ratios = f" {draws * rival / seconds:>5.0f}× {draws * stock / seconds:>11.0f}×"
        ratios += f" {seconds / (draws * least):>5.1f}×" if draws else ""
        print(f"{stage:<44} {seconds:>8.3f}{ratios if draws else ''}")


def solved(problem, signals, vectors, start=None):
    found = solve(problem, signals, start=start)
    return found, sensitivities(problem, found, vectors)


def stock_layer(problem, signals, returns):
    """CPU seconds of a draw, forward and backward, and the gradient for the first signal."""
    layer = PortfolioLayer(problem, DIFFCP).layer
    batch = torch.tensor(signals, requires_grad=True)

    def run():
        (scaled, *_) = layer(batch, solver_args=FASTER_BACKWARD)
        (scaled / np.sqrt(STOCKS) @ torch.tensor(returns)).sum().backward()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        _, seconds = cpu(run)
    return seconds / len(batch), batch.grad[0].numpy()


def piqp_and_adjoint(problem, signals, vectors):
    """CPU seconds of a draw, solved by PIQP and differentiated on its active set; the first gradient."""
    unit = unit_problem(problem)
    fixed, limited = np.flatnonzero(unit.is_fixed), np.flatnonzero(~unit.is_fixed)
    whole = np.hstack([unit.rows, -unit.rows])  # of long parts and short parts, none below zero
    solver = piqp.SparseSolver()
    for name in ("eps_abs", "eps_rel", "eps_duality_gap_abs", "eps_duality_gap_rel"):
        setattr(solver.settings, name, PIQP_TOLERANCE)
    solver.setup(
        sparse.eye(2 * STOCKS, format="csc"),
        np.zeros(2 * STOCKS),
        sparse.csc_matrix(whole[fixed]),
        unit.lower[fixed],
        sparse.csc_matrix(np.vstack([whole[limited], np.ones((1, 2 * STOCKS))])),
        np.append(unit.lower[limited], -np.inf),
        np.append(unit.upper[limited], unit.gross),
        np.zeros(2 * STOCKS),
        np.tile(unit.caps, 2),
    )

    def run():
        weights, multipliers = np.empty(signals.shape), np.zeros((len(signals), len(unit.rows)))
        thresholds = np.empty(len(signals))
        for draw, signal in enumerate(signals):
            solver.update(c=np.concatenate([-signal, signal]))
            if solver.solve() != piqp.PIQP_SOLVED:
                raise RuntimeError(f"PIQP: {solver.result.info.status}")
            found = solver.result
            weights[draw] = (found.x[:STOCKS] - found.x[STOCKS:]) / unit.curvature
            prices = found.z_u - found.z_l
            multipliers[draw, fixed], multipliers[draw, limited] = found.y, prices[:-1]
            thresholds[draw] = prices[-1]
        solved = from_weights(unit, signals, weights, multipliers, thresholds, "piqp", "solved")
        return sensitivities(problem, solved, vectors)

    gradients, seconds = cpu(run)
    return seconds / len(signals), gradients[0]


def floor(problem):
    """CPU seconds below which no draw can come: one Gram matrix and six products with a vector."""
    unit, vector = unit_problem(problem), np.ones(STOCKS)

    def run():
        for _ in range(FLOOR_REPEATS):
            unit.rows @ unit.by_stock
            for _ in range(PRODUCTS):
                unit.rows @ vector

    return cpu(run)[1] / FLOOR_REPEATS


def main():
    signals, stakes = models()
    with threadpool_limits(1):
        for rows in (100, 200):
            measure(rows, signals, stakes)


if __name__ == "__main__":
    main()
