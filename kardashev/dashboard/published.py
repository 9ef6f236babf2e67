"""Opening the published copy, and reading it with the queries of ``sql/``."""

import re
import threading
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb

from kardashev.errors import WarehouseError
from kardashev.printing import visible
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.lake_opening import opened, reason_of
from kardashev.warehouse.reading import use_marts

ALIAS = "published"
NAMED = re.compile(r"\$(\w+)")
ABSENT_TABLE = re.compile(r"Table with name (\w+) does not exist")
ABSENT_COLUMN = re.compile(r'column (?:named )?"([\w.]+)"', re.IGNORECASE)


class Published:
    """The published copy at a path, whichever file is there when it is read.

    A build replaces the file by a rename. So each reading looks at what the path leads to, and opens it
    anew if it is another file. Reads that have begun end on the former one. Of a lake, each reading sees the
    newest snapshot.

    Parameters
    ----------
    path : Path of the DuckDB file, or Lake
    """

    def __init__(self, path):
        self.is_lake = isinstance(path, Lake)
        self.path = path if self.is_lake else Path(path).absolute()
        self._lock = threading.Lock()
        self._file, self._connection = None, None

    def read(self, query, **parameters):
        """The rows of a query, as a frame; text is printable but for columns of ids.

        Parameters
        ----------
        query : str, the name of a file in ``sql/``
        parameters : what it is asked, bound by name

        Raises
        ------
        WarehouseError
            In one sentence that says what to do: there is no file, or no whole one, or it is out of date.
        """
        try:
            relation = self._cursor().execute(read_sql(query), parameters)
            texts = [name for name, kind, *_ in relation.description if kind == "VARCHAR"]
            frame = relation.df()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise WarehouseError(self._out_of_date(str(error))) from error
        except duckdb.Error as error:
            raise WarehouseError(self._unreadable(error)) from error
        for name in texts:
            if not name.endswith("_id"):
                frame[name] = frame[name].map(visible, na_action="ignore")
        return frame

    def check(self):
        """Raises a `WarehouseError` if there is nothing to show: no file, no whole one, or no round in it."""
        if self.read("rounds").empty:
            raise WarehouseError(
                f"the published copy {self.path} holds no round yet: land some, or run `kardashev demo` to "
                "play; then run `dbt build`, and reload"
            )

    def _cursor(self):
        with self._lock:
            file = self._found()
            if file != self._file:
                self._connection, self._file = self._opened(), file
            cursor = self._connection.cursor()
        if self.is_lake:
            use_marts(cursor, self.path, ALIAS)
        else:
            cursor.execute(f"use {ALIAS}")
        return cursor

    def _found(self):
        if self.is_lake:
            return self.path
        try:
            found = self.path.stat()
        except OSError as error:
            raise WarehouseError(
                f"there is no published copy at {self.path}: run `dbt build`, or `make demo` to play; "
                "then reload"
            ) from error
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size

    def _opened(self):
        # Attached, not opened by its name: DuckDB would hand out the former file while somebody reads it.
        if self.is_lake:
            connection = opened(self.path, ALIAS)
        else:
            connection = duckdb.connect()
            name = str(self.path).replace("'", "''")
            connection.execute(f"attach '{name}' as {ALIAS} (read_only)")
        connection.execute("set enable_external_access = false")
        return connection

    def _unreadable(self, error):
        if self.is_lake:
            return f"the lake {self.path} cannot be read. DuckDB says: {reason_of(error)[:200]}"
        reason = " ".join(str(error).split())
        if "serialization" in reason or "version number" in reason:
            return (
                f"{self.path} was written by another version of DuckDB ({duckdb.__version__} is here): build "
                "it again with `dbt build --full-refresh`, and reload"
            )
        return (
            f"{self.path} cannot be read as a whole DuckDB file. If it is still being copied here, wait and "
            f"reload; if not, run `dbt build` again. DuckDB says: {reason[:200]}"
        )

    def _out_of_date(self, reason):
        table, column = ABSENT_TABLE.search(reason), ABSENT_COLUMN.search(reason)
        what = "what is asked for"
        if table:
            what = f"the table {table[1]}"
        elif column:
            what = f"the column {column[1]}"
        return f"the published copy does not have {what} yet: it is out of date. Run `dbt build`, and reload"


@cache
def read_sql(name):
    """The query in ``sql/<name>.sql``."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8")


def parameters_of(name):
    """The names that the query asks for, as ``$name``."""
    return set(NAMED.findall(read_sql(name)))
