"""The published copy: a round's figures as people read them, and the provenance beside them."""

import json

from kardashev.errors import WarehouseError
from kardashev.warehouse.reading import reading

NEEDED = (
    *("fct_provenance", "fct_provenance_files", "fct_provenance_rules", "dim_rounds"),
    *("fct_submissions", "fct_stability", "fct_stakes", "fct_meta_models", "fct_portfolios"),
    *("fct_scores", "fct_payouts", "fct_round_payouts", "fct_portfolio_solutions"),
)


class Published:
    """A published copy, read into memory round by round.

    Parameters
    ----------
    path : Path

    Raises
    ------
    WarehouseError
        When it is not there, cannot be read, or lacks what an audit compares.
    """

    def __init__(self, path):
        if not path.is_file():
            raise WarehouseError(f"no published copy at {path}: run `dbt build` first")
        self.path = path
        with reading(path) as connection:
            held = {
                name
                for (name,) in connection.execute(
                    "select table_name from duckdb_tables()"
                ).fetchall()
            }
            missing = [name for name in NEEDED if name not in held]
            if missing:
                raise WarehouseError(
                    f"{path} has no {missing[0]}: build it once more, or give another"
                )
            self.numbers = _column(connection, "select round_number from fct_provenance order by 1")
            self.calendar = set(_column(connection, "select round_number from dim_rounds"))

    def round(self, number):
        """The rows of one round in every mart that is audited: name → pandas.DataFrame."""
        query = "select * from {} where round_number = $1"
        with reading(self.path) as connection:
            return {
                name: connection.execute(query.format(name), [number]).to_arrow_table().to_pandas()
                for name in NEEDED
            }

    def makers(self, numbers):
        """What built the rounds: a line for each version, commit and version of the formulas."""
        query = """
            select package_version, git_commit, has_local_changes, formula_version, duckdb_version, count(*)
            from fct_provenance where list_contains($1, round_number) group by all order by all
        """
        with reading(self.path) as connection:
            for package, commit, changed, formulas, duckdb_version, count in connection.execute(
                query, [numbers]
            ).fetchall():
                checkout = "no checkout" if commit is None else f"commit {commit[:12]}"
                checkout += " with local changes" if changed else ""
                yield (
                    f"built by kardashev {package or '(not installed)'}, {checkout}, formulas {formulas}, "
                    f"DuckDB {duckdb_version}: {count} rounds"
                )

    def files(self):
        """The landed files of every round: pandas.DataFrame (round_number, path, table_name, …)."""
        with reading(self.path) as connection:
            return connection.execute("from fct_provenance_files").to_arrow_table().to_pandas()

    def rule_rows(self, number):
        """The rule rows that applied to a round: name of the seed → list of dict; {} of an unknown one."""
        query = "select rule_table, rule_row from fct_provenance_rules where round_number = $1 order by all"
        rows = {}
        with reading(self.path) as connection:
            for name, text in connection.execute(query, [number]).fetchall():
                rows.setdefault(name, []).append(json.loads(text))
        return rows


def _column(connection, query):
    return [value for (value,) in connection.execute(query).fetchall()]
