"""The published copy: a round's figures as people read them, and the provenance beside them."""

import json
from contextlib import contextmanager

from kardashev.errors import WarehouseError
from kardashev.warehouse.reading import PUBLISHED_COPY, reading

NEEDED = (
    *("fct_provenance", "fct_provenance_files", "fct_provenance_rules", "dim_rounds"),
    *("fct_submissions", "fct_stability", "fct_stakes", "fct_meta_models", "fct_portfolios"),
    *("fct_scores", "fct_payouts", "fct_round_payouts", "fct_portfolio_solutions"),
)


@contextmanager
def reading_copy(path):
    """A `Published` of a copy, over one opening of the file: a build that swaps in another changes nothing.

    Parameters
    ----------
    path : Path

    Raises
    ------
    WarehouseError
        When it is not there, cannot be read, or lacks what an audit compares.
    """
    with reading(path, PUBLISHED_COPY) as connection:
        held = set(_column(connection, "select table_name from duckdb_tables()"))
        missing = [name for name in NEEDED if name not in held]
        if missing:
            raise WarehouseError(f"{path} has no {missing[0]}: build it once more, or give another")
        yield Published(path, connection)


class Published:
    """A published copy.

    numbers : list of int, the rounds with a provenance, ascending
    calendar : set of int, all rounds
    """

    def __init__(self, path, connection):
        self.path, self.connection = path, connection
        self.numbers = _column(connection, "select round_number from fct_provenance order by 1")
        self.calendar = set(_column(connection, "select round_number from dim_rounds"))

    def round(self, number):
        """The rows of one round in every mart that is audited: name → pandas.DataFrame."""
        query = "select * from {} where round_number = $1"
        return {name: self._frame(query.format(name), [number]) for name in NEEDED}

    def makers(self, numbers):
        """What built the rounds: a line for each version, commit and version of the formulas."""
        query = """
            select package_version, git_commit, has_local_changes, formula_version, duckdb_version,
                count(*)
            from fct_provenance where list_contains($1, round_number) group by all order by all
        """
        rows = self.connection.execute(query, [numbers]).fetchall()
        for package, commit, is_changed, formulas, duckdb_version, count in rows:
            checkout = "no checkout" if commit is None else f"commit {commit[:12]}"
            checkout += " with local changes" if is_changed else ""
            yield (
                f"built by kardashev {package or '(not installed)'}, {checkout}, formulas {formulas}, "
                f"DuckDB {duckdb_version}: {count} {'round' if count == 1 else 'rounds'}"
            )

    def duckdb_versions(self, numbers):
        """The versions of DuckDB that built some rounds, and hashed what was landed: set of str."""
        query = "select duckdb_version from fct_provenance where list_contains($1, round_number)"
        return {name for (name,) in self.connection.execute(query, [list(numbers)]).fetchall()}

    def files(self, numbers):
        """The landed files of some rounds: pandas.DataFrame (round_number, path, table_name, …)."""
        query = "from fct_provenance_files where list_contains($1, round_number)"
        return self._frame(query, [list(numbers)])

    def unlisted(self, paths):
        """Those of some paths that hold rows of no round by the provenance: set of str."""
        query = "select unnest($1::varchar[]) as path except select path from fct_provenance_files"
        return {path for (path,) in self.connection.execute(query, [paths]).fetchall()}

    def rule_rows(self, number):
        """The rule rows that applied to a round: name of the seed → list of dict; {} of an unknown one."""
        query = "select rule_table, rule_row from fct_provenance_rules where round_number = $1 order by all"
        rows = {}
        for name, text in self.connection.execute(query, [number]).fetchall():
            rows.setdefault(name, []).append(json.loads(text))
        return rows

    def _frame(self, query, values=()):
        return self.connection.execute(query, values).to_arrow_table().to_pandas()


def _column(connection, query):
    return [value for (value,) in connection.execute(query).fetchall()]
