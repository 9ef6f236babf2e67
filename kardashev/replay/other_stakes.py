"""Stakes that a person tries, from a file, in the place of the landed ones of a scratch warehouse."""

import math

import duckdb
import pyarrow as pa

from kardashev.errors import LandingError, WarehouseError
from kardashev.landing.layouts import quoted, read_layouts, reason
from kardashev.replay.queries import make_table, read_sql

SCHEMA = pa.schema(
    [("model_id", pa.string()), ("round_number", pa.int32()), ("stake_nmr", pa.float64())]
)
NEEDED, OPTIONAL = ("model_id", "stake_nmr"), "round_number"
LARGEST_STAKE = 1e9  # NMR: there are fewer
LAST_ROUND = 2**31 - 1
RESTAKED = ("int_stability_figures", "int_stakes_at_risk", "fct_stakes")  # models that follow


def read_stakes(file):
    """The stakes of a file, CSV or Parquet.

    Parameters
    ----------
    file : Path; columns model_id, stake_nmr and, if stakes differ by round, round_number; others are ignored

    Returns
    -------
    pyarrow.Table `SCHEMA`; without the column round_number it is null, and a stake is of every round

    Raises
    ------
    LandingError
        In one line: the file cannot be read, lacks a column, has no row, or a row that names no stake, or
        one that is named before.
    """
    try:
        rows = _read(file)
    except duckdb.Error as error:
        raise LandingError(f"{file}: {reason(error)}") from error
    except LandingError as error:
        raise LandingError(f"{file}: {error}") from error
    if not rows:
        raise LandingError(f"{file}: it has no row; write a model_id and its stake_nmr")
    found = {}
    for place, row in enumerate(rows, start=1):
        try:
            key, stake = _stake(*row)
            if key in found:
                raise ValueError(f"the stake of {key[0]} is named before")
        except ValueError as error:
            raise LandingError(f"{file}: row {place}: {error}") from error
        found[key] = stake
    columns = (*zip(*found, strict=True), found.values())
    arrays = [
        pa.array(list(column), kind) for column, kind in zip(columns, SCHEMA.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _read(file):
    with duckdb.connect() as connection:
        layouts, problems = read_layouts(connection, [file])
        if problems:
            raise LandingError(problems[file])
        names = {name.lower(): name for name in layouts[file].types}
        if missing := [name for name in NEEDED if name not in names]:
            raise LandingError(
                f"it lacks {', '.join(missing)}: the columns are model_id, stake_nmr "
                "and, if stakes differ by round, round_number"
            )
        texts = [f"cast({quoted(names[name])} as varchar)" for name in NEEDED]
        number = f"cast({quoted(names[OPTIONAL])} as varchar)" if OPTIONAL in names else "'every'"
        query = (
            f"select {', '.join(texts)}, coalesce({number}, '') from {layouts[file].scan([file])}"
        )
        return connection.execute(query).fetchall()


def _stake(model_id, stake, number):
    """(model_id, round_number), and the stake, of a row of text."""
    if not model_id:
        raise ValueError("there is no model_id")
    try:
        found = float(stake or "")
    except ValueError:
        raise ValueError(f"stake_nmr {stake or ''!r} is not a number") from None
    if not (math.isfinite(found) and 0 <= found <= LARGEST_STAKE):
        raise ValueError(f"stake_nmr {stake} is not from 0 to {LARGEST_STAKE:,.0f}")
    if number == "every":
        return (model_id, None), found
    if not (number.isascii() and number.isdigit() and int(number) <= LAST_ROUND):
        raise ValueError(f"round_number {number!r} is not a whole number")
    return (model_id, int(number)), found


def check_stakes(connection, given, file, first, last, say):
    """Refuses stakes of models that the warehouse does not know, or of no replayed round.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection of the built warehouse
    given : pyarrow.Table `SCHEMA`
    file : Path, to name
    first, last : int, the rounds to replay
    say : function of one line, of rows that are left out

    Raises
    ------
    WarehouseError
    """
    known = {name for (name,) in connection.table("int_model_keys").select("model_id").fetchall()}
    models, numbers = (given[name].to_pylist() for name in ("model_id", "round_number"))
    for place, model in enumerate(models, start=1):
        if model not in known:
            raise WarehouseError(
                f"{file}: row {place}: model {model!r} is not known: no round has anything of it"
            )
    outside = [n for n in numbers if n is not None and not first <= n <= last]
    if len(outside) == len(numbers):
        raise WarehouseError(
            f"{file}: its rounds, {min(outside)} to {max(outside)}, are none of {first} to {last}"
        )
    if outside:
        say(f"{len(outside)} rows of {file} are of rounds that are not replayed")


def restake(connection, given):
    """Puts stakes in the place of the landed ones, in a scratch warehouse; dbt then judges who is at risk.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection of the copy, with ``replay_rounds``
    given : pyarrow.Table `SCHEMA`
    """
    connection.register("given", given)
    make_table(connection, "given_stakes")
    make_table(connection, "landed_stakes")
    connection.execute(
        "delete from int_stakes where (round_number, model_key) in "
        "(select round_number, model_key from given_stakes)"
    )
    connection.execute("insert into int_stakes by name from given_stakes")
    kept = read_sql("kept_stability")
    connection.execute(f"create or replace table int_stability as {kept}")
