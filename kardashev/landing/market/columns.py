"""Arrow rows as arrays: the groups of a sorted table, columns side by side."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa


def groups(table: pa.Table, *keys: str) -> Iterator[tuple[tuple[int, ...], pa.Table]]:
    """Groups of a table sorted by its integer keys, as (key values, rows); no row is copied."""
    if not len(table):
        return
    values = np.column_stack([table[key].to_numpy() for key in keys])
    starts = np.flatnonzero(np.r_[True, (np.diff(values, axis=0) != 0).any(axis=1)])
    for start, stop in zip(starts, np.r_[starts[1:], len(table)], strict=True):
        yield tuple(values[start].tolist()), table.slice(start, stop - start)


def matrix(table: pa.Table, names) -> np.ndarray:
    """The named numeric columns, (rows, names), NaN where a value is missing."""
    return np.column_stack([table[name].to_numpy().astype(float) for name in names])
