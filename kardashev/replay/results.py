"""What a replay leaves: a report, a file of its own, files of the landing that the next build publishes."""

import os
from dataclasses import dataclass
from urllib.parse import quote

from kardashev.errors import SettingError, WarehouseError
from kardashev.landing.files import write_landed
from kardashev.printing import print_json, print_table
from kardashev.replay.queries import read_sql
from kardashev.warehouse.environment import check_file, is_same_file
from kardashev.warehouse.publish import publish
from kardashev.warehouse.reading import records

TABLES = ("replayed_stakes", "replayed_scores")
WHAT_IF = ("what_if_payouts", "what_if_scores")  # of stakes that are tried
OTHERS_SAID = 10  # owners of stakes that were not tried, in a report


def check_out(out, kept):
    """Refuses a place for the result that cannot be written, or is a file of the warehouse.

    Parameters
    ----------
    out : Path of a DuckDB file or of a folder, or None
    kept : Paths of files that are not to be replaced; None stands for no file

    Raises
    ------
    SettingError
    """
    if out is None:
        return
    if out.is_dir():
        if not os.access(out, os.W_OK):
            raise SettingError(f"--out: {out} cannot be written")
        return
    check_file("--out", out)
    for file in kept:
        if file is not None and is_same_file(out, file):
            raise SettingError(
                f"--out is {file}, which the replay would replace: give another file"
            )


def write_out(connection, out, names):
    """Writes the result as a DuckDB file, or as Parquet files of a folder; each is whole, or as before.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    out : Path of a DuckDB file or of a folder
    names : sequence of str, tables

    Raises
    ------
    WarehouseError
        When it cannot be written.
    """
    tables = {name: connection.table(name) for name in names}
    if not out.is_dir():
        publish(connection, tables, out)
        return
    for name, table in tables.items():
        partial = out / f".{name}.{os.getpid()}.partial"
        try:
            table.write_parquet(str(partial))
            partial.replace(out / f"{name}.parquet")
        except OSError as error:
            raise WarehouseError(f"{out} cannot be written: {error.strerror}") from error
        finally:
            partial.unlink(missing_ok=True)


def land_replays(connection, landing):
    """Lands each replay in a file of each table, in place of its former one; returns the files' names."""
    replays = connection.table(TABLES[0]).select("payout_rule, first_round, last_round").distinct()
    names = []
    for rule, first, last in sorted(replays.fetchall()):
        names.append(f"{first}_{last}_{quote(rule, safe='')}")
        for table in TABLES:
            of_rule = f"select * from {table} where payout_rule = $rule"
            rows = connection.execute(of_rule, {"rule": rule}).to_arrow_table()
            write_landed(landing, table, names[-1], rows)
    return names


def print_report(connection, first, last, as_json=False):
    """Prints what moved the stakes, and what that did to the meta model, to standard output."""
    rounds = f"Rounds {first} to {last}"
    parts = (
        Part("stakes", f"{rounds}: stakes of the first and the last round, and what moved them"),
        Part(
            "scores",
            "Mean final scores of the meta model and the meta portfolio, and the fund's mean return before\n"
            "costs, with frozen and paid stakes",
        ),
    )
    _print(connection, parts, as_json)


def print_what_if(connection, first, last, as_json=False):
    """Prints what tried stakes would have been paid, and to whose cost, to standard output."""
    others = f"those that are tried, and the {OTHERS_SAID} others moved most"
    rounds = f"Rounds {first} to {last}"
    parts = (
        Part(
            "what_if_totals",
            f"{rounds}: stake at risk in a round, and payouts, landed and tried, NMR",
        ),
        Part("what_if_owners", f"Payouts of accounts: {others}", "account_id"),
        Part("what_if_owners", f"Payouts of models: {others}", "model_id"),
        Part(
            "what_if_scores",
            "Mean final scores of the meta model and the meta portfolio, and the fund's mean return",
        ),
    )
    _print(connection, parts, as_json)


@dataclass(frozen=True)
class Part:
    """A table of a report: rows of the query sql/report_{query}.sql, or of each owner of a stake."""

    query: str
    title: str
    owner: str | None = None

    @property
    def name(self):
        """In JSON: as the query is named, or the owners."""
        return f"{self.owner.removesuffix('_id')}s" if self.owner else self.query

    def read(self, connection):
        """The rows, as a relation."""
        sql = read_sql(f"report_{self.query}")
        if self.owner is None:
            return connection.sql(sql)
        rows = connection.sql(sql, params={"owner": self.owner, "rows": OTHERS_SAID})
        return rows.project(f"* rename (owner as {self.owner})")


def _print(connection, parts, as_json):
    if as_json:
        print_json({part.name: records(part.read(connection)) for part in parts})
        return
    for place, part in enumerate(parts):
        print("\n" * (place > 0) + f"{part.title}\n")
        rows = part.read(connection)
        print_table(rows.columns, rows.fetchall())
