"""Writing into the landing: a file is there whole, with the table's types, or not there at all."""

import io
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError
from kardashev.landing.object_storage import ObjectPath, landing_path
from kardashev.landing.tables import LANDED_TABLES

ARROW_TYPES = {  # of the DuckDB types that landed tables use
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "double": pa.float64(),
    "integer": pa.int32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "varchar": pa.string(),
}

ROW_GROUP = 122_880  # rows, DuckDB's own: each is read by one thread


def landed_path(landing: Path, table: str, name: str) -> Path:
    """Where `write_landed` puts a file of this name."""
    return landing_path(landing) / table / f"{name}.parquet"


def write_landed(landing: Path, table: str, name: str, arrow_table: pa.Table) -> Path:
    """Write ``<landing>/<table>/<name>.parquet``, replacing it in one step.

    Parameters
    ----------
    landing : the landing's folder, made when missing; or an ObjectPath
    table : a name in `LANDED_TABLES`, or a folder of the landing without fixed types
    name : the file's name without its suffix
    arrow_table : its columns in any order; those of the table are cast to its types, others are
        kept as they are (a wide table has any number of them)

    Returns
    -------
    pathlib.Path of the file.

    Raises
    ------
    LandingError
        When a required column is missing, a value does not fit its type, or writing fails.
    """
    path = landed_path(landing, table, name)
    # Of another suffix, so no reader takes it; of this process, so no other writes into it.
    partial = path.with_name(f".{name}.{os.getpid()}.partial")
    try:
        typed = _typed(table, arrow_table)
        if isinstance(path, ObjectPath):
            content = io.BytesIO()
            _write(typed, content)
            path.write(content.getvalue())
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(typed, partial)
        partial.replace(path)
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise LandingError(f"cannot write {path}: {reason}") from error
    finally:
        if isinstance(partial, Path):
            partial.unlink(missing_ok=True)
    return path


def _write(typed, where):
    texts = [field.name for field in typed.schema if pa.types.is_string(field.type)]
    pq.write_table(
        typed,
        where,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=texts,  # of numbers, it costs time and room
    )


def _typed(table, arrow_table):
    """The rows with the landed table's types; unchanged for a table without fixed ones."""
    landed = LANDED_TABLES.get(table)
    if landed is None:
        return arrow_table
    missing = [column for column in landed.required if column not in arrow_table.column_names]
    if missing:
        raise LandingError(f"a file of {table}/ lacks {', '.join(missing)}: add the columns")
    types = landed.required | landed.optional
    return arrow_table.cast(
        pa.schema(
            pa.field(
                field.name, ARROW_TYPES[types[field.name]] if field.name in types else field.type
            )
            for field in arrow_table.schema
        )
    )
