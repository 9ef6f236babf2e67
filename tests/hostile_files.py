"""Files as nobody should send them, drawn from a number: CSV and Parquet of any type, name and damage."""

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

DOUBLES = (
    *(0.0, -0.0, 0.5, 1.0, 5e-324, -1e-310, 1e154, -1e155, 1.7976931348623157e308),
    *(float("inf"), float("-inf"), float("nan"), 0.1 + 0.2, 1 + 1e-9),
)
TEXTS = (
    *(
        "",
        " ",
        "A",
        "S0001",
        "null",
        "NaN",
        "n/a",
        "0,8",
        "80%",
        "1e3",
        "0x4B6",
        "1204.6",
        "-",
        "=1+1",
    ),
    *("é", "\u202e", "\x1b[31m", "a\x00b", 'o"dd', "it's", "a,b", "line\nbreak", "2026-02-30", "∞"),
    *("true", "9" * 40, "2999-01-01", "2026-01-09T00:00:00Z", "x" * 300),
)
TYPES = {
    **{f"int{n}": pa.type_for_alias(f"int{n}") for n in (8, 16, 32, 64)},
    **{f"uint{n}": pa.type_for_alias(f"uint{n}") for n in (8, 16, 32, 64)},
    "half": pa.float16(),
    "float": pa.float32(),
    "double": pa.float64(),
    "decimal": pa.decimal128(38, 9),
    "bool": pa.bool_(),
    "text": pa.string(),
    "large text": pa.large_string(),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
    "bytes": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "moment": pa.timestamp("us", "UTC"),
    "wall time": pa.timestamp("ns"),
    "span": pa.duration("s"),
    "list": pa.list_(pa.float64()),
    "struct": pa.struct([("value", pa.float64())]),
    "map": pa.map_(pa.string(), pa.float64()),
    "null": pa.null(),
}


def _value(rng, kind):
    number = DOUBLES[rng.integers(len(DOUBLES))] if rng.random() < 0.5 else rng.random()
    text = TEXTS[rng.integers(len(TEXTS))]
    whole = int(rng.integers(0, 127))
    if pa.types.is_integer(kind):
        return whole
    if pa.types.is_floating(kind):
        return np.float16(rng.random()) if kind == pa.float16() else number
    if pa.types.is_decimal(kind):
        return Decimal(whole)
    if pa.types.is_boolean(kind):
        return bool(whole % 2)
    if pa.types.is_binary(kind):
        return bytes(rng.integers(0, 256, 4, dtype=np.uint8))
    if pa.types.is_date(kind):
        return date(2026, 1, 1) + timedelta(days=whole)
    if pa.types.is_time(kind):
        return time(whole % 24)
    if pa.types.is_timestamp(kind):
        return datetime(2026, 1, 1) + timedelta(hours=whole)
    if pa.types.is_duration(kind):
        return timedelta(seconds=whole)
    if pa.types.is_list(kind):
        return [number] * (whole % 3)
    if pa.types.is_struct(kind):
        return {"value": number}
    if pa.types.is_map(kind):
        return [("a", number)]
    return None if pa.types.is_null(kind) else text


def _column(rng, kind, rows):
    values = [None if rng.random() < 0.1 else _value(rng, kind) for _ in range(rows)]
    return pa.array(values, kind)


def parquet(rng, columns, given=None):
    """A Parquet file of columns (name → type), most of their type, some of any; ``given`` are as they are."""
    rows = int(rng.integers(0, 6))
    arrays = {}
    for name, kind in columns.items():
        if rng.random() < 0.3:
            kind = list(TYPES.values())[rng.integers(len(TYPES))]
        if rng.random() < 0.95:
            arrays[name] = _column(rng, kind, rows)
    for name, value in (given or {}).items():
        arrays[name] = pa.array([value] * rows)
    stream = io.BytesIO()
    pq.write_table(pa.table(arrays), stream)
    return stream.getvalue()


def csv(rng, columns, given=None):
    """A CSV file of columns (name → type), some cells any text; now and then a line is too long."""
    columns = {name: kind for name, kind in columns.items() if rng.random() < 0.95}
    names = [*columns, *(given or {})]
    lines = [",".join(names)]
    for _ in range(rng.integers(0, 6)):
        cells = [
            TEXTS[rng.integers(len(TEXTS))] if rng.random() < 0.2 else str(_value(rng, kind))
            for kind in columns.values()
        ]
        cells += [str(value) for value in (given or {}).values()]
        if rng.random() < 0.05:
            cells.append("ragged")
        lines.append(",".join(cells))
    breaks = ("\n", "\r\n", "\r")[rng.integers(3)]
    encoding = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1")[rng.integers(6)]
    return breaks.join(lines).encode(encoding, errors="replace")


def hostile_file(rng, columns, given=None):
    """Content of a drawn file: one time in five with bytes replaced, and cut somewhere."""
    content = (parquet if rng.random() < 0.5 else csv)(rng, columns, given)
    if content and rng.random() < 0.2:
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), rng.integers(0, 8)):
            damaged[place] = rng.integers(256)
        content = bytes(damaged[: rng.integers(len(content) + 1)])
    return content
