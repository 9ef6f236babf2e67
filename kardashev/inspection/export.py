"""What one sends on: files in the headers that Numerai reads, and marts under numerapi's names.

Leaderboards and scores are read from the published copy. Uploads and universes are not published: the copy
says which landed files a round was made from, and these are read.
"""

import re
from contextlib import redirect_stdout
from importlib import resources
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError, WarehouseError
from kardashev.landing.layouts import format_of, quoted, reason, text_literal
from kardashev.landing.reader import read_select
from kardashev.landing.tables import LANDED_TABLES, STOCK_IDENTIFIERS
from kardashev.printing import CSV, print_rows, say
from kardashev.warehouse.reading import PUBLISHED_COPY, named_model, reading

SQL = resources.files(__package__) / "sql"
MODELS = "select model_id, coalesce(display_name, model_id) from dim_models"
STOCK_ID = "id"  # as a header: the stock's own id
RANKED_BY = (
    "mmc",
    "mpc",
    "alpha",
    "fnc",
    "corr",
    "corr_v4",
)  # where nothing is asked: the first there
LABELS = ("country", "sector")
RANKS = """
with meta_model as (
    select stock_id, value from fct_meta_models where round_number = ? and meta_model = ?
)
select
    stock_id,
    (
        rank() over (order by value) + (count(*) over (partition by value) - 1) / 2 - 0.5
    ) / (select count(*) from meta_model) as signal
from meta_model
order by stock_id
"""


def leaderboard(published, whose, score=None):
    """The newest leaderboard, a row for each account or model.

    Parameters
    ----------
    published : Path of the published copy
    whose : "accounts" or "models"
    score : str, which gives the ranks; None: the first of `RANKED_BY` that the board has

    Raises
    ------
    WarehouseError
        When the copy cannot be read, or the board has no such score.
    """
    with reading(published, PUBLISHED_COPY) as connection:
        rows = connection.execute(f"select distinct score from leaderboard_{whose}").fetchall()
        held = sorted(name for (name,) in rows)
        if not held:
            raise WarehouseError("the leaderboard is empty: no live round is resolved")
        chosen = score or next((name for name in RANKED_BY if name in held), held[0])
        if chosen not in held:
            raise WarehouseError(f"the leaderboard has no {chosen}: one of {', '.join(held)}")
        query = (SQL / "export_leaderboard.sql").read_text()
        rows = connection.execute(query, {"whose": whose, "score": chosen}).to_arrow_table()
        return _in_camel_case(rows)


def scores(published, model, round_number=None):
    """A model's official scores of live rounds, a row for each round and score.

    Raises
    ------
    WarehouseError
        When the copy cannot be read, there is no such model, or it has no score.
    """
    with reading(published, PUBLISHED_COPY) as connection:
        model_id = named_model(dict(connection.execute(MODELS).fetchall()), model)
        query = (SQL / "export_scores.sql").read_text()
        asked = {"model_id": model_id, "round_number": round_number}
        rows = connection.execute(query, asked).to_arrow_table()
    if not len(rows):
        where = "" if round_number is None else f" in round {round_number}"
        raise WarehouseError(f"{model_id} has no official score{where}")
    return _in_camel_case(rows)


def universe(published, landing, round_number=None):
    """The stocks of a round, the newest if none is asked: every identifier that is landed, and labels."""
    with reading(published, PUBLISHED_COPY) as connection:
        number, kind, era_date = _round(connection, round_number)
        rows = _landed(connection, landing, "universe", number)
    held = [name for name in STOCK_IDENTIFIERS if rows[name].null_count < len(rows)]
    columns = {name: rows[name] for name in held} or {STOCK_ID: rows["stock_id"]}
    columns |= {
        "date": pa.repeat(str(era_date), len(rows)),
        "data_type": pa.repeat(kind, len(rows)),
    }
    columns |= {name: rows[name] for name in LABELS if rows[name].null_count < len(rows)}
    return pa.table(columns)


def submission(published, landing, model, meta_model, round_number=None, id_type=None):
    """A file to send on: a model's upload that counts, or a meta model as ranks.

    Parameters
    ----------
    model, meta_model : one of them; the other None
    round_number : int, None: the newest live round
    id_type : str, what stocks are named by; None: as they were sent, or `_usual_id` of a meta model

    Raises
    ------
    WarehouseError
        When the copy cannot be read, or the round has no such upload or meta model.
    LandingError
        When landed files are gone, or the round has no such identifier.
    """
    with reading(published, PUBLISHED_COPY) as connection:
        number, *_ = _round(connection, round_number)
        stocks = _landed(connection, landing, "universe", number)
        if model is None:
            rows = connection.execute(RANKS, [number, meta_model]).to_arrow_table()
            if not len(rows):
                raise WarehouseError(f"round {number} has no meta model {meta_model}")
            sent_as, id_type = STOCK_ID, id_type or _usual_id(stocks)
            rows = rows.rename_columns(["id", "signal"])
        else:
            rows = _upload(connection, landing, model, number)
            sent_as = rows["id_type"][0].as_py()
        return _named(rows, stocks, sent_as, id_type or sent_as, number)


def write(rows, output=None):
    """Writes rows to a file, CSV or Parquet by its name, or as CSV to standard output."""
    if output is None:
        _print_csv(rows)
        return
    try:
        if format_of(output) == "parquet":
            pq.write_table(rows, output)
        elif Path(output).suffix.lower() == ".csv":
            with Path(output).open("w", encoding="utf-8", newline="") as f, redirect_stdout(f):
                _print_csv(rows)
        else:
            raise LandingError(f"{output} ends in neither .csv nor .parquet")
    except OSError as error:
        raise LandingError(f"{output} cannot be written: {reason(error)}") from error
    say(f"{len(rows):,} rows written to {output}")


def _print_csv(rows):
    batches = (zip(*(c.to_pylist() for c in b.columns), strict=True) for b in rows.to_batches())
    print_rows(rows.column_names, chain.from_iterable(batches), CSV)


def _in_camel_case(rows):
    """Rows whose columns are named as numerapi names them: at_risk is atRisk."""
    names = (re.sub("_(.)", lambda found: found[1].upper(), name) for name in rows.column_names)
    return rows.rename_columns(list(names))


def _round(connection, round_number):
    """Number, kind and era date of a published round; of the newest live one if none is asked."""
    query = """
        select round_number, kind, era_date from dim_rounds
        where if($number is null, kind = 'live', round_number = $number)
        order by open_at desc limit 1
    """
    found = connection.execute(query, {"number": round_number}).fetchone()
    if found is None:
        asked = "live round" if round_number is None else f"round {round_number}"
        raise WarehouseError(f"no {asked} is published: see `kardashev status`")
    return found


def _landed(connection, landing, name, round_number, where="true"):
    """A round's rows of a landed table, from the files that the round was made from."""
    query = "select path from fct_provenance_files where round_number = ? and table_name = ?"
    paths = [
        landing / path for (path,) in connection.execute(query, [round_number, name]).fetchall()
    ]
    with duckdb.connect() as files:
        files.execute("set TimeZone = 'UTC'")
        select = read_select(files, LANDED_TABLES[name], paths)
        rows = files.execute(
            f"from ({select}) where round_number = {round_number} and {where} order by all"
        ).to_arrow_table()
    if not len(rows):
        raise LandingError(f"{landing} has no {name}/ of round {round_number}: name its landing")
    return rows


def _upload(connection, landing, model, number):
    """Rows of the model's upload that counts."""
    model_id = named_model(dict(connection.execute(MODELS).fetchall()), model)
    query = """
        select status, submitted_at from fct_submissions where round_number = ? and model_id = ?
    """
    status, sent = connection.execute(query, [number, model_id]).fetchone() or ("missing", None)
    if status != "accepted":
        raise WarehouseError(
            f"{model_id} has no upload that counts in round {number}: it is {status}"
        )
    where = f"model_id = {text_literal(model_id)} and submitted_at = timestamptz '{sent}+00'"
    return _landed(connection, landing, "submissions", number, where).select(
        ["id_type", "id", "signal"]
    )


def _usual_id(stocks):
    """The identifier that every stock has, Numerai's before others; the stock's own id if there is none."""
    whole = (name for name in STOCK_IDENTIFIERS if not stocks[name].null_count)
    return next(whole, STOCK_ID)


def _named(rows, stocks, sent_as, id_type, number):
    """Rows with their stocks named by another identifier, under the header that goes with it."""
    header = "prediction" if id_type == STOCK_ID else "signal"
    if id_type == sent_as:
        return pa.table({id_type: rows["id"], header: rows["signal"]})
    columns = {
        name: quoted("stock_id" if name == STOCK_ID else name) for name in (sent_as, id_type)
    }
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        connection.register("stocks", stocks)
        found = connection.execute(
            f"select stocks.{columns[id_type]} as {quoted(id_type)}, rows.signal as {header} "
            f"from rows inner join stocks on rows.id = stocks.{columns[sent_as]} "
            f"where stocks.{columns[id_type]} is not null order by all"
        ).to_arrow_table()
    if not len(found):
        raise LandingError(
            f"no stock of round {number} has a {id_type}: see `kardashev export universe`"
        )
    if len(found) < len(rows):
        say(f"{len(rows) - len(found):,} stocks without {id_type} are left out")
    return found
