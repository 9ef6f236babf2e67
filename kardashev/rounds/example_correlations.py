"""Each signal of a round beside those of its example models."""

import numpy as np
import pyarrow as pa

from kardashev.kernels.correlation import correlation
from kardashev.rounds.blocks import by_round
from kardashev.rounds.matrices import batch
from kardashev.rounds.prepared import PreparedBlock

SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("model_id", pa.string()),
        ("example_id", pa.string()),
        ("value", pa.float64()),
    ]
)


def example_correlation_rows(connection, rounds, examples, sources):
    """Pearson correlation of each gaussianized signal with that of each example model, itself left out.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    examples : relation (round_number, model_id), those registered as examples
    sources : kardashev.rounds.prepared.Sources

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        A row for each accepted model and each accepted example of its round but itself.
    """
    numbers = [number for (number,) in rounds.fetchall()]

    def of_round(reader, number):
        in_round = {"round_number": number}
        named = reader.rows(examples, in_round, "model_id")["model_id"]
        block = PreparedBlock.read(reader, number, sources)
        places = np.flatnonzero(pa.compute.is_in(block.models.ids, named))
        if len(places):
            yield _batch(number, block.models.ids, block.gaussian, places)

    return by_round(connection, SCHEMA, numbers, of_round)


def _batch(number, ids, gaussian, places):
    """The rows of one round; ``places`` are those of its examples."""
    found = correlation(gaussian, gaussian[:, places])
    models, examples = np.indices(found.shape)
    others = models != places[examples]
    columns = (ids.take(pa.array(models[others])), ids.take(pa.array(places[examples[others]])))
    return batch(SCHEMA, [pa.repeat(number, others.sum()), *columns, found[others]])
