"""What each model's own neutral portfolio returned."""

import numpy as np
import pyarrow as pa

from kardashev.kernels.products import products
from kardashev.kernels.stability import normalized
from kardashev.rounds.blocks import DAY, by_round, rows_of_rounds
from kardashev.rounds.matrices import batch
from kardashev.rounds.prepared import PreparedBlock

SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("model_id", pa.string()),
        ("target", pa.string()),
        ("score_day", pa.int32()),
        ("known_at", pa.timestamp("us")),
        ("neutral_return", pa.float64()),
    ]
)


def model_return_rows(connection, days, sources, targets):
    """Returns of each model's neutral weights, centred and over their L1 norm, on some days.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    days : relation (round_number, target, score_day, known_at, overlap_share, minimum_overlap)
    sources : kardashev.rounds.prepared.Sources, with loadings and norms
    targets : relation (round_number, target, score_day, known_at, stock_key, value), returns

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        A stock without a return counts as unchanged; null where returns cover too few stocks for a
        score. A signal in the span of N has no weights, and no row.
    """
    columns = ", ".join(("round_number", *DAY, "overlap_share >= minimum_overlap as is_covered"))
    wanted = rows_of_rounds(days.select(columns).order("all").to_arrow_table().to_pylist())

    def of_round(reader, number):
        block = PreparedBlock.read(reader, number, sources)
        here = block.has_neutralizers
        if not len(block.models) or not here.any():
            return
        portfolios = normalized(block.weights)
        kept = np.isfinite(block.projection_norms) & np.isfinite(portfolios).all(axis=0)
        stocks, ids = block.stocks.only(here), block.models.ids.filter(pa.array(kept))
        returns = reader.targets(targets, block.in_round, stocks, wanted[number])
        of_days = products(portfolios[:, kept], np.nan_to_num(returns))
        for row, found in zip(wanted[number], of_days.T, strict=True):
            if not row["is_covered"]:
                found = np.full(len(found), np.nan)
            constants = [pa.repeat(row[name], len(found)) for name in ("target", "score_day")]
            known_at = pa.repeat(pa.scalar(row["known_at"], pa.timestamp("us")), len(found))
            number_column = pa.repeat(number, len(found))
            yield batch(SCHEMA, [number_column, ids, *constants, known_at, found])

    return by_round(connection, SCHEMA, wanted, of_round)
