"""What each staked model changes in the portfolio of its round: the portfolio without its stake."""

import numpy as np
import pyarrow as pa

from kardashev.errors import PortfolioError
from kardashev.portfolio.left_out import largest_stakes, portfolios_without
from kardashev.portfolio.report import HELD
from kardashev.rounds.blocks import Blocks
from kardashev.rounds.portfolios import WEIGHT, portfolio_problem
from kardashev.rounds.prepared import PreparedBlock

DIGITS = 9  # of a weight that are kept, as many as tell one from none
SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("model_key", pa.int32()),
        ("reason", pa.string()),
        ("weights", pa.list_(WEIGHT)),
    ]
)


def portfolio_without_rows(connection, rounds, sources, stakes, limits, engine):
    """Portfolios of the given rounds without one of the models with the largest stakes, one row a model.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number, models_left_out)
    sources, stakes, limits, engine : as in `kardashev.rounds.portfolios.optimized_portfolio_rows`

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        Only weights that differ from the portfolio's own are kept, by more than `HELD` of the gross limit;
        null where the solver refuses the portfolio. A round without a portfolio has no rows.
    """
    wanted = rounds.select("round_number, models_left_out").order("all").fetchall()

    def batches():
        reader = Blocks(connection)
        for number, count in wanted:
            block = PreparedBlock.read(reader, number, sources)
            at_risk = np.nan_to_num(
                reader.values(stakes, block.in_round, block.models, "model_key", "at_risk_nmr")
            )
            if not at_risk.any():
                continue
            places = largest_stakes(at_risk, count)
            try:
                problem = portfolio_problem(block, limits)
                held, without = portfolios_without(problem, block.gaussian, at_risk, places, engine)
            except PortfolioError:  # the round's portfolio says why there is none
                continue
            for place, weights, reason in without:
                row = {
                    "round_number": number,
                    "model_key": int(block.models.keys[place]),
                    "reason": reason,
                    "weights": _differing(block.stocks.keys, held, weights, problem.gross_limit),
                }
                yield pa.RecordBatch.from_pylist([row], schema=SCHEMA)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def _differing(keys, held, weights, gross_limit):
    if np.isnan(weights).any():
        return None
    differs = np.flatnonzero(np.abs(weights - held) > HELD * gross_limit)
    kept = np.round(weights[differs], DIGITS)
    return [
        {"stock_key": key, "weight": weight}
        for key, weight in zip(keys[differs].tolist(), kept.tolist(), strict=True)
    ]
