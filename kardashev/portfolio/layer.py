"""The CvxpyLayer that defines the gradient in a PyTorch graph, and the reference engine that it is."""

import warnings

import diffcp
import numpy as np
import torch
from cvxpylayers.interfaces.base import SolverInterface
from cvxpylayers.torch import CvxpyLayer

from kardashev.errors import InvalidSignalError, SolverError
from kardashev.portfolio.active_set import from_weights
from kardashev.portfolio.feasibility import check_feasible
from kardashev.portfolio.optimality import unit_problem
from kardashev.portfolio.solve import DIFFCP, NEWTON, check_engine, sensitivities, solve
from kardashev.portfolio.specification import specification

REFERENCE_OPTIONS = {"eps": 1e-8}
REFERENCE_GRADIENT = {"mode": "lsmr"}  # diffcp's default, lsqr, is off by 1e-3 at 5,000 stocks
REFERENCE_RESIDUAL_LIMIT = 1e-5  # SCS at 1e-8 comes well below


class PortfolioLayer(torch.nn.Module):
    """Signals (stocks,) or (draws, stocks) to weights of the same shape, differentiable, float64.

    A CvxpyLayer of the problem's specification; the engine is what solves and differentiates it.
    """

    def __init__(self, problem, engine=NEWTON):
        super().__init__()
        check_engine(engine)
        check_feasible(problem)
        stated = specification(problem)
        self.stated, self.engine = stated, engine
        self.layer = CvxpyLayer(
            stated.problem,
            parameters=[stated.signal],
            variables=[stated.scaled_weights, *self._duals()],
            solver=NewtonInterface(problem) if engine == NEWTON else "DIFFCP",
            solver_args=None if engine == NEWTON else REFERENCE_OPTIONS,
        )

    def _duals(self):
        """Dual variables to be asked for: newton's multipliers are in its `Solutions`."""
        if self.engine == NEWTON:
            return []
        rows = [constraint.dual_variables[0] for constraint, *_ in self.stated.rows]
        return [self.stated.gross.dual_variables[0], *rows]

    def forward(self, signals):
        return self.weights_and_duals(signals)[0]

    def weights_and_duals(self, signals):
        """Weights, then of the stock layer the dual variables of the gross limit and each block of rows."""
        if not torch.isfinite(signals).all():
            raise InvalidSignalError("a signal is NaN or infinite")
        is_followed = torch.is_grad_enabled() and signals.requires_grad
        options = REFERENCE_GRADIENT if self.engine == DIFFCP and is_followed else {}
        try:
            scaled, *duals = self.layer(signals, solver_args=options)
        except diffcp.SolverError as error:
            raise SolverError(f"diffcp: {error}") from None
        return scaled / self.stated.scale, *duals


class NewtonInterface(SolverInterface):
    """The newton engine as cvxpylayers calls a solver: from canonical arrays and back.

    Only the specification's one parameter, the signal, reaches the canonical problem, in the linear term of
    the objective; so this is all that is read from it, and all that has a gradient.
    """

    canon_solver = "SCS"
    supports_quad_obj = True

    def __init__(self, problem):
        self.problem = problem
        self.scale = np.sqrt(problem.exposures.shape[1])
        self.places = None

    def setup(self, ctx):
        (weights,) = ctx.var_recover
        self.places = weights.primal

    def solve_torch_batch(self, P, q, A, dims, solver_args, needs_grad):
        linear = q.detach().numpy()
        pull = self.problem.pulled(np.zeros(self.problem.exposures.shape[1]))
        found = solve(self.problem, -linear[:, self.places] - pull, **solver_args)
        primal = np.zeros((len(linear), linear.shape[1] - 1))
        primal[:, self.places] = found.weights * self.scale
        shapes = [None if P is None else P.shape, q.shape, A.shape]
        return torch.from_numpy(primal), torch.zeros((len(linear), 0)), (found, shapes)

    def derivative_torch_batch(self, dprimal, ddual, saved_state):
        found, (quadratic, linear, constraints) = saved_state
        moved = sensitivities(self.problem, found, dprimal.numpy()[:, self.places] * self.scale)
        gradient = torch.zeros(linear, dtype=torch.float64)
        gradient[:, self.places] = -torch.from_numpy(moved)
        none = None if quadratic is None else torch.zeros(quadratic, dtype=torch.float64)
        return none, gradient, torch.zeros(constraints, dtype=torch.float64)


def reference_solutions(problem, signals, status):
    """Solutions by the stock layer, checked by the same residual as newton's."""
    layer = PortfolioLayer(problem, DIFFCP)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of inaccuracy: the residual says how inaccurate
        values = layer.weights_and_duals(torch.from_numpy(signals))
    weights, gross_multipliers, *blocks = (value.numpy() for value in values)
    unit = unit_problem(problem)
    multipliers = np.zeros((len(signals), len(unit.rows)))
    for (_, places, sign), block in zip(layer.stated.rows, blocks, strict=True):
        multipliers[:, places] += sign * block
    found = from_weights(
        unit,
        problem.pulled(signals),
        weights,
        multipliers,
        gross_multipliers.ravel(),
        DIFFCP,
        status,
    )
    too_large = ~(found.residuals <= REFERENCE_RESIDUAL_LIMIT)
    if too_large.any():
        raise SolverError(
            f"diffcp's portfolio is refused: its residual is {found.residuals[too_large].max():.1e}, "
            f"above {REFERENCE_RESIDUAL_LIMIT:g}"
        )
    return found
