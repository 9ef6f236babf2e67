"""Files as participants have them, CSV or Parquet, read as the columns of a submission.

Files are hostile until shown otherwise: every size is bounded before memory is spent on it.
"""

import bisect
import csv
import re
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from kardashev.errors import RefusedFileError
from kardashev.landing.door.form import empty_as_null, layout_of, plain_text, shown


class Limits(NamedTuple):
    """The most that is read: bytes of a file, and of what Parquet unpacks to; rows; what to send of them."""

    bytes: int
    rows: int
    part: str


OF_A_ROUND = Limits(256 * 2**20, 2_000_000, "round")  # hundreds of times a round's universe
OF_A_HISTORY = Limits(2 * 2**30, 20_000_000, "part of the eras")

PARQUET_MAGIC = b"PAR1"
UTF8_BOM = b"\xef\xbb\xbf"
UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError, MemoryError)  # Arrow raises these


def read_columns(content: bytes, limits: Limits):
    """Read a file, CSV or Parquet as its content says.

    Parameters
    ----------
    content : the whole file
    limits : how much it may hold

    Returns
    -------
    Layout, and dict of name → pyarrow.Array, equally long: text, the signal double. An empty signal
    is null, ``nan`` and ``inf`` are themselves; ids such as ``NA`` and ``00123`` stay as written.

    Raises
    ------
    RefusedFileError
        When the file cannot be read, or a column is not what its name says.
    """
    if len(content) > limits.bytes:
        raise RefusedFileError(
            f"it has more than {limits.bytes:,} bytes; send one {limits.part} a file"
        )
    if not content.strip():
        raise RefusedFileError("it is empty; write a header and one row a stock")
    read = _read_parquet if content.startswith(PARQUET_MAGIC) else _read_csv
    layout, columns = read(content, limits)
    if not len(columns[layout.signal]):
        raise RefusedFileError("there are no rows below the header; write one row a stock")
    return layout, columns


def _read_csv(content, limits):
    """The layout, and the columns by name: text, the signal double."""
    content = content.removeprefix(UTF8_BOM)
    if b"\0" in content:
        raise RefusedFileError("it holds NUL bytes; save it as CSV in UTF-8, or as Parquet")
    _check_utf8(content)
    if content.count(b'"') % 2:
        raise RefusedFileError("a quote is opened and never closed; close it or leave quotes out")
    if max(content.count(b"\n"), content.count(b"\r")) > limits.rows + 1:
        raise RefusedFileError(
            f"it has more than {limits.rows:,} lines; send one {limits.part} a file"
        )
    names = _csv_header(content)
    layout = layout_of(names)
    table = _csv_cells(content, names)
    columns = {name: plain_text(name, table[name]) for name in names}
    return layout, columns | {layout.signal: _numbers(layout.signal, columns[layout.signal])}


def _check_utf8(content):
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RefusedFileError(f"line {line} is not UTF-8; save the file as UTF-8") from error


def _csv_header(content):
    line = re.match(rb"[^\r\n]*", content)[0]
    try:
        cells = next(csv.reader([line.decode()], strict=True), [])
    except csv.Error as error:
        raise RefusedFileError("line 1 is no CSV header; name the columns there") from error
    if not cells:
        raise RefusedFileError("line 1 is empty; name the columns there")
    return [cell.strip() for cell in cells]


def _csv_cells(content, names):
    """All rows below the header as text, in one chunk a column."""
    uneven = []

    def stop(row):
        uneven.append(row)
        return "error"

    if not content.endswith((b"\n", b"\r")):
        content += b"\n"  # the reader does not skip a header that no line break ends
    try:
        return pa_csv.read_csv(
            pa.BufferReader(content),
            # In one block, no cell straddles two; in one thread, an uneven row knows its number.
            pa_csv.ReadOptions(
                column_names=names, skip_rows=1, block_size=len(content), use_threads=False
            ),
            pa_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=stop),
            # 'NA' and 'TRUE' are tickers: nothing is guessed, every cell is text.
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except UNREADABLE as error:
        message = "it cannot be read as CSV; write it again, its cells separated by commas"
        if uneven:
            row = uneven[0]
            message = (
                f"line {_line_number(content, row.number)} has {row.actual_columns} cells, the "
                f"header {row.expected_columns}; give every line the header's cells"
            )
        raise RefusedFileError(message) from error


def _line_number(content, row):
    """The line of a row as the reader counts: from the header on, lines that are not empty."""
    lines = [number for number, line in enumerate(content.splitlines(), start=1) if line]
    return lines[row - 1]


def _numbers(name, texts):
    values = empty_as_null(pc.utf8_trim_whitespace(texts))
    try:
        return values.cast(pa.float64())
    except pa.ArrowInvalid as error:
        rows = range(len(values))
        row = bisect.bisect_left(rows, True, key=lambda last: not _are_numbers(values[: last + 1]))
        raise RefusedFileError(
            f"row {row + 1}: {name} {shown(texts[row])} is not a number; "
            "write a number, or leave the cell empty"
        ) from error


def _are_numbers(values):
    try:
        values.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _read_parquet(content, limits):
    """The layout, and the columns by name: id and date text, the signal double."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        metadata, fields = file.metadata, list(file.schema_arrow)
        groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    except UNREADABLE as error:
        message = "it cannot be read as Parquet, it may be cut short; write it again"
        raise RefusedFileError(message) from error
    if metadata.num_rows > limits.rows:
        raise RefusedFileError(
            f"it has more than {limits.rows:,} rows; send one {limits.part} a file"
        )
    if sum(group.total_byte_size for group in groups) > limits.bytes:
        raise RefusedFileError(
            f"it unpacks to more than {limits.bytes:,} bytes; send one {limits.part} a file"
        )
    layout = layout_of([field.name.strip() for field in fields])
    used = {field.name.strip(): field for field in fields if field.name.strip() in layout}
    for name, field in used.items():
        _check_kind(name, field.type, is_signal=name == layout.signal, is_date=name == layout.date)
    try:
        # As a dictionary, a long text repeated in every row is held, and refused, only once.
        texts = [field.name for field in used.values() if _is_text(field.type)]
        file = pq.ParquetFile(pa.BufferReader(content), metadata=metadata, read_dictionary=texts)
        table = file.read(columns=[field.name for field in used.values()], use_threads=False)
        table.validate(full=True)
    except UNREADABLE as error:
        message = "its rows cannot be read as Parquet; write the file again"
        raise RefusedFileError(message) from error
    columns = {name: table[field.name] for name, field in used.items()}
    signals = columns.pop(layout.signal).cast(pa.float64(), safe=False).combine_chunks()
    texts = {name: plain_text(name, _as_text(column)) for name, column in columns.items()}
    return layout, texts | {layout.signal: signals}


def _check_kind(name, kind, is_signal, is_date):
    types = pa.types
    is_number = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)
    if is_signal:
        wanted, is_right = "numbers", is_number
    elif is_date:
        wanted = "dates"
        is_right = _is_text(kind) or any(
            is_kind(kind) for is_kind in (types.is_integer, types.is_date, types.is_timestamp)
        )
    else:
        wanted, is_right = "text", _is_text(kind)
    if not is_right and not types.is_null(kind):
        raise RefusedFileError(f"column '{name}' is of type {shown(kind)}; write {wanted}")


def _is_text(kind):
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    types = pa.types
    return types.is_string(value) or types.is_large_string(value) or types.is_string_view(value)


def _as_text(column):
    if _is_text(column.type):
        return column
    if pa.types.is_temporal(column.type):
        column = column.cast(pa.date32(), safe=False)
    return column.cast(pa.string())
