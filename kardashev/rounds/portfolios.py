"""The optimized portfolio of each round, and what its gradients need later, as one row a round."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from kardashev.errors import (
    ConstantMetaModelError,
    InvalidProblemError,
    NoStakeError,
    PortfolioError,
)
from kardashev.kernels.ranking import doubled_rank, gaussianized
from kardashev.portfolio.dropout import DropoutRule, drawn, undropped
from kardashev.portfolio.problem import PortfolioProblem, neutral_problem
from kardashev.portfolio.report import HELD, exposure_report
from kardashev.portfolio.solve import FALLBACK
from kardashev.portfolio.true_contribution import prepare
from kardashev.rounds.blocks import Blocks
from kardashev.rounds.prepared import PreparedBlock
from kardashev.rounds.sensitivities import packed
from kardashev.workers import in_order

RULE = tuple(field.name for field in fields(DropoutRule))
DRAWS_OF_A_WORKER = 4096  # fewer take less time than a process that starts
DROPOUT_SEED = 20  # with the round's number it seeds the draws
FACTORS = "portfolio_factors"  # the set that limits are on
SOLVED, EMPTY, REFUSED = "solved", "no meta model", "refused"

WEIGHT = pa.struct([("stock_key", pa.int32()), ("weight", pa.float64())])
EXPOSURE = pa.struct(
    [
        ("constraint_name", pa.string()),
        ("exposure", pa.float64()),
        ("lower_limit", pa.float64()),
        ("upper_limit", pa.float64()),
        ("is_binding", pa.bool_()),
        ("dual", pa.float64()),
    ]
)
SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("engine", pa.string()),
        ("residual", pa.float64()),
        ("iterations", pa.int32()),
        ("stocks_held", pa.int32()),
        ("stocks_excluded", pa.int32()),
        ("weights", pa.list_(WEIGHT)),
        ("exposures", pa.list_(EXPOSURE)),
        ("sensitivity", pa.binary()),
        ("draws", pa.int32()),
        ("fallback_draws", pa.int32()),
        ("worst_residual", pa.float64()),
        ("draws_reason", pa.string()),
        ("draws_sensitivity", pa.binary()),
    ]
)


def optimized_portfolio_rows(connection, rounds, sources, stakes, limits, engine):
    """Portfolios of the given rounds, solved once, at the close.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number, and the fields of `DropoutRule`)
    sources : kardashev.rounds.prepared.Sources; the universe has country and sector too
    stakes : relation (round_number, model_key, at_risk_nmr)
    limits : relation (round_number, constraint_name, limit_value)
    engine : str, one of `kardashev.portfolio.solve.ENGINES`

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        A round that has no portfolio says why: nobody's stake makes a meta model (`EMPTY`), or the limits
        or the solver refuse it (`REFUSED`). Weights are those above `HELD` of the gross limit.
    """
    columns = ", ".join(("round_number", *RULE))
    wanted = rounds.select(columns).order("round_number").fetchall()
    rules = [DropoutRule(*rule) for _, *rule in wanted]
    threads = connection.execute("select current_setting('threads')").fetchall()[0][0]
    draws = sum(rule.most_draws for rule in rules)

    def rounds_to_solve():
        reader = Blocks(connection)
        for (number, *_), rule in zip(wanted, rules, strict=True):
            block = PreparedBlock.read(reader, number, sources)
            row = {"round_number": number}
            with _refusals_into(row):
                row = _to_solve(block, stakes, limits, engine, rule)
            yield row

    def batches():
        workers = max(1, min(threads, draws // DRAWS_OF_A_WORKER))
        for row in in_order(_row, rounds_to_solve(), workers):
            yield pa.RecordBatch.from_pylist([row], schema=SCHEMA)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


@dataclass(frozen=True)
class RoundToSolve:
    """What a round's portfolios are solved from, read; it can be pickled.

    block : PreparedBlock that reads nothing; at_risk : array (models,)
    """

    block: PreparedBlock
    at_risk: np.ndarray
    problem: PortfolioProblem
    engine: str
    rule: DropoutRule


def _to_solve(block, stakes, limits, engine, rule):
    if not len(block.models):
        raise NoStakeError("no submission is accepted")
    at_risk = block.reader.values(stakes, block.in_round, block.models, "model_key", "at_risk_nmr")
    problem = portfolio_problem(block, limits)
    return RoundToSolve(block.read_up(), np.nan_to_num(at_risk), problem, engine, rule)


def _row(round_):
    """The row of a round; one that is refused before has its row already."""
    if isinstance(round_, dict):
        return round_
    row = dict(round_.block.in_round)
    with _refusals_into(row):
        row |= _solved(round_)
    return row


@contextmanager
def _refusals_into(row):
    """Why a round has no portfolio becomes columns of its row."""
    try:
        yield
    except (NoStakeError, ConstantMetaModelError) as error:
        row |= {"status": EMPTY, "reason": str(error)}
    except PortfolioError as error:
        row |= {"status": REFUSED, "reason": str(error)}


def _solved(round_):
    block, problem, engine = round_.block, round_.problem, round_.engine
    whole = undropped(block.gaussian, round_.at_risk)
    stored, base = prepare(problem, block.gaussian, whole, engine)
    report = exposure_report(problem, whole.meta_signals[0], base)
    weights = base.weights[0]
    is_held = np.abs(weights) > HELD * problem.gross_limit
    found = {
        "status": SOLVED,
        "engine": str(base.engines[0]),
        "residual": base.residuals[0],
        "iterations": int(base.iterations[0]),
        "stocks_held": report.held,
        "stocks_excluded": int((problem.position_limits == 0).sum()),
        "weights": [
            {"stock_key": int(key), "weight": float(weight)}
            for key, weight in zip(block.stocks.keys[is_held], weights[is_held], strict=True)
        ],
        "exposures": _exposures(report),
        "sensitivity": packed(stored, block),
    }
    solved = whole.meta_signals, base
    try:
        stored, of_draws = drawn_sensitivity(
            problem, block, round_.at_risk, round_.rule, engine, solved
        )
    except PortfolioError as error:
        return found | {"draws_reason": str(error)}
    return found | {
        "draws": len(of_draws),
        "fallback_draws": int((of_draws.statuses == FALLBACK).sum()),
        "worst_residual": of_draws.residuals.max(),
        "draws_sensitivity": packed(stored, block),
    }


def drawn_sensitivity(problem, block, at_risk, rule, engine, solved=None):
    """`prepare` on draws of the stakes at risk (models,), which the round's number seeds."""
    generator = np.random.default_rng([DROPOUT_SEED, block.in_round["round_number"]])
    draws = drawn(block.gaussian, at_risk, generator, rule, problem.exposures)
    return prepare(problem, block.gaussian, draws, engine, solved)


def portfolio_problem(block, limits):
    """The problem that a block's portfolio solves; see `optimized_portfolio_rows` for the relations.

    Each factor is gaussianized over the stocks that have it; a stock that lacks one with a limit is not held.
    """
    reader, in_round = block.reader, block.in_round
    columns, names = block.columns(FACTORS)
    exposures = np.full(columns.shape, np.nan)
    for exposure, column in zip(exposures.T, columns.T, strict=True):
        here = np.isfinite(column)
        exposure[here] = gaussianized(doubled_rank(column[here]))
    groups = [
        reader.texts(block.sources.universe, in_round, block.stocks, "stock_key", name)
        for name in ("country", "sector")
    ]
    limits = _named_limits(reader.rows(limits, in_round, "constraint_name, limit_value"))
    return neutral_problem(*groups, exposures, names.to_pylist(), block.sample_weights, limits)


def _named_limits(rows):
    """Limits by name, of rows that hold each once."""
    names = rows["constraint_name"].to_pylist()
    for name, count in Counter(names).items():
        if count > 1:
            raise InvalidProblemError(
                f"{name}: {count} rows of portfolio_limits apply to the round"
            )
    return dict(zip(names, rows["limit_value"].to_pylist(), strict=True))


def _exposures(report):
    fields = (
        report.exposures,
        report.lower,
        report.upper,
        report.is_binding,
        report.duals,
    )
    names = [field.name for field in EXPOSURE]
    rows = zip(report.names, *(values.tolist() for values in fields), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]
