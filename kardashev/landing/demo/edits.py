"""What goes wrong with a file: edits that the door lets in, and whole files that it refuses.

An edit takes and returns a table of two columns, identifiers and signals. Of those that make a file
invalid each breaks one rule alone.
"""

import pyarrow as pa
import pyarrow.compute as pc

FEW = 60  # identifiers; below the 100 that a submission needs
EMPTY_EVERY = 50  # rows, from the first on
STRANGERS = 25
STRANGER_SUFFIX = ".ZZ"  # on no exchange's tickers


def wrong_sign(rows: pa.Table) -> pa.Table:
    """Valid, and the opposite of what is meant."""
    return rows.set_column(1, rows.field(1), pc.subtract(1.0, rows[1]))


def missing_ids(rows: pa.Table) -> pa.Table:
    """Some identifiers are empty."""
    is_empty = [row % EMPTY_EVERY == 0 for row in range(len(rows))]
    return rows.set_column(0, rows.field(0), pc.if_else(is_empty, None, rows[0]))


def repeated_id(rows: pa.Table) -> pa.Table:
    """The first stock comes again at the end, with the signal of the last."""
    again = pa.table([rows[0].slice(0, 1), rows[1].slice(len(rows) - 1)], schema=rows.schema)
    return pa.concat_tables([rows, again])


def few_ids(rows: pa.Table) -> pa.Table:
    """Most stocks are left out."""
    return rows.slice(0, FEW)


def missing_signals(rows: pa.Table) -> pa.Table:
    """The first signal is NaN, the second empty."""
    broken = pa.array([float("nan"), None][: len(rows)], pa.float64())
    signals = pa.chunked_array([broken, *rows[1].slice(len(broken)).chunks])
    return rows.set_column(1, rows.field(1), signals)


def per_cent(rows: pa.Table) -> pa.Table:
    """Signals run to 100."""
    return rows.set_column(1, rows.field(1), pc.multiply(rows[1], 100.0))


def constant(rows: pa.Table) -> pa.Table:
    """Every stock is as good as any other."""
    return rows.set_column(1, rows.field(1), pa.repeat(pa.scalar(0.5), len(rows)))


def strangers_only(rows: pa.Table) -> pa.Table:
    """No identifier is known."""
    strangers = pc.binary_join_element_wise(rows[0], STRANGER_SUFFIX, "")
    return rows.set_column(0, rows.field(0), strangers)


def strangers_besides(rows: pa.Table) -> pa.Table:
    """Valid: unknown identifiers stand below the known ones."""
    return pa.concat_tables([rows, strangers_only(rows.slice(0, STRANGERS))])


EDITS = {
    edit.__name__: edit
    for edit in (
        wrong_sign,
        missing_ids,
        repeated_id,
        few_ids,
        missing_signals,
        per_cent,
        constant,
        strangers_only,
        strangers_besides,
    )
}

REFUSED_FILES = {  # by name, their bytes
    "wrong_header.csv": b"symbol,score\nSIM0001,0.5\n",
    "empty.csv": b"",
    "spreadsheet.csv": b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0",  # how a workbook begins
    "words.csv": b"ticker,signal\nSIM0001,0.5\nSIM0002,strong buy\n",
}
