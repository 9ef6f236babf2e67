"""The k highest and k lowest stocks of every signal, in each form that a top/bottom score is taken on.

They do not depend on the target, so they are found once, at the close; a score of a new day is then a sum
over 2k stocks a model.
"""

from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa

from kardashev.kernels.contribution import orthogonalized
from kardashev.kernels.neutralization import least_squares_residual
from kardashev.kernels.ranking import POWER, gaussianized, top_bottom
from kardashev.rounds.blocks import Blocks, batch, matrix
from kardashev.rounds.neutralized import RESIDUAL_TIE_WIDTH
from kardashev.rounds.prepared import PreparedBlock

SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("coverage_id", pa.int64()),
        ("extreme_form", pa.string()),
        ("model_key", pa.int32()),
        ("stock_key", pa.int32()),
        ("value", pa.float64()),
    ]
)


def extreme_signal_rows(connection, forms, sources, neutralized_signals):
    """Values of each signal at its own 2k extreme stocks, chosen by those values, ties by stock id.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    forms : relation (round_number, coverage_id, extreme_form, family, factor_set, meta_model, top_bottom)
    sources : kardashev.rounds.prepared.Sources
    neutralized_signals : relation (round_number, coverage_id, signal_form, model_key, stock_key,
        doubled_rank)

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        No rows where a block has fewer than 2k stocks, the meta model is missing or constant, or the signal
        lies in the span of its neutralizers.

    Notes
    -----
    Source: numerai-tools 0.7.2, the ``top_bottom`` argument of scoring.numerai_corr,
    correlation_contribution, neutral_correlation and neutral_contribution.
    """
    columns = "round_number, coverage_id, extreme_form, family, factor_set, meta_model, top_bottom"
    wanted = forms.select(columns).order(columns).to_arrow_table().to_pylist()

    def batches():
        reader = Blocks(connection)
        for (number, coverage), of_block in groupby(
            wanted, itemgetter("round_number", "coverage_id")
        ):
            names = {"round_number": number, "coverage_id": coverage}
            block = PreparedBlock.read(reader, names, sources)
            for form in of_block:
                found = _values(block, form, neutralized_signals)
                if found is not None and 2 * form["top_bottom"] <= len(found[1]):
                    yield _batch(block, form, *found)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def _values(block, form, neutralized_signals):
    """The values to choose by (stocks, models), and which stocks and models they are; None without any."""
    if not len(block.models):
        return None
    stocks, models = block.stocks.keys, block.models
    if form["family"] == "correlation":
        if form["factor_set"] is None:
            return block.powered, stocks, models.keys
        in_form = block.block | {"signal_form": form["factor_set"]}
        rows = block.reader.rows(neutralized_signals, in_form, "model_key, stock_key, doubled_rank")
        models = block.reader.index(
            block.sources.models, block.in_round, "model_key", "model_id", among=rows["model_key"]
        )
        ranks = matrix(rows, block.stocks, models, "model_key", "doubled_rank", np.int32)
        return gaussianized(ranks, POWER), stocks, models.keys
    values, kept = block.gaussian, models.keys
    is_neutral = form["family"].startswith("neutral")
    if is_neutral:
        if not block.has_neutralizers.all():
            return None
        has_residual = np.isfinite(block.least_squares_norms)
        values, kept = block.residuals[:, has_residual], kept[has_residual]
    if form["family"].endswith("contribution"):
        meta_model = block.meta_model(form["meta_model"])
        if meta_model is not None and is_neutral:
            meta_model = least_squares_residual(meta_model[:, None], block.least_squares)[:, 0]
        if meta_model is None or not meta_model.any():
            return None
        values = orthogonalized(values, meta_model)
    return values, stocks, kept


def _batch(block, form, values, stocks, models):
    places = top_bottom(values, form["top_bottom"], RESIDUAL_TIE_WIDTH)
    chosen = np.take_along_axis(values, places, axis=0)
    return batch(
        SCHEMA,
        [
            pa.repeat(block.block["round_number"], chosen.size),
            pa.repeat(block.block["coverage_id"], chosen.size),
            pa.repeat(form["extreme_form"], chosen.size),
            np.repeat(models, len(chosen)),
            stocks[places].ravel(order="F"),
            chosen.ravel(order="F"),
        ],
    )
