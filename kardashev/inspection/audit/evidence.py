"""The landing held against what the rounds were made from: files by the content of their rows."""

from collections import defaultdict
from pathlib import Path

import duckdb

from kardashev.inspection.audit.gaps import Finding
from kardashev.landing.listing import landed_files
from kardashev.landing.manifest import file_contents
from kardashev.landing.reader import read_select
from kardashev.landing.tables import LANDED_TABLES

OF_ROUNDS = tuple(name for name, table in LANDED_TABLES.items() if table.makes_rounds)


class Evidence:
    """The landed files of some rounds.

    What is read: the files that hold rows of these rounds by the provenance, and those that it does not
    know. All others hold rows of other rounds alone.

    Parameters
    ----------
    landing : Path
    files : pandas.DataFrame, fct_provenance_files of the published copy
    numbers : set of int, the rounds, those of their windows included
    """

    def __init__(self, landing, files, numbers):
        self.landing = Path(landing)
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.problems, self.usable = {}, defaultdict(list)
        self.held, self.known = {}, {}
        for row in files.itertuples():
            self.known[row.path, row.round_number] = (
                row.table_name,
                row.row_count,
                row.content_hash,
            )
        listed = set(files["path"])
        wanted = set(files.loc[files["round_number"].isin(numbers), "path"])
        for name in OF_ROUNDS:
            paths = {str(p.relative_to(self.landing)): p for p in landed_files(self.landing, name)}
            chosen = [
                path for below, path in paths.items() if below in wanted or below not in listed
            ]
            self._read(name, chosen)

    def _read(self, name, paths):
        contents, problems = file_contents(self.connection, self.landing, name, paths)
        self.problems |= problems
        for row in contents.to_pylist():
            if row["problem"]:
                self.problems[row["path"]] = row["problem"]
            elif row["round_number"] is not None:
                key = row["path"], row["round_number"]
                _, count, content = self.held.get(key, (name, 0, 0))
                self.held[key] = (
                    name,
                    count + row["row_count"],
                    content + int(row["content_hash"]),
                )
        is_bad = set(self.problems)
        self.usable[name] = [p for p in paths if str(p.relative_to(self.landing)) not in is_bad]

    def check(self, part, number):
        """Adds to a part every file whose rows of a round are not what the round was made from.

        Where rows only moved to other files, as compaction moves them, there is no difference.
        """
        before = {p: v for (p, n), v in self.known.items() if n == number}
        now = {p: v for (p, n), v in self.held.items() if n == number}
        part.count += len(before)
        for name in OF_ROUNDS:
            was, found = (
                {
                    p: (count, int(content))
                    for p, (table, count, content) in side.items()
                    if table == name
                }
                for side in (before, now)
            )
            if _total(was) == _total(found):
                continue
            for path in sorted(was.keys() | found.keys()):
                if was.get(path) != found.get(path):
                    what = f"{path} {self._what(path, was.get(path), found.get(path))}"
                    part.findings.append(Finding(number, part.name, what))

    def _what(self, path, was, found):
        if path in self.problems:
            return f"cannot be used: {self.problems[path]}"
        if found is None:
            is_there = (self.landing / path).exists()
            return "no longer holds its rows of the round" if is_there else "is gone"
        if was is None:
            return f"holds {found[0]} rows of the round that it was not made from"
        return f"has changed: its {found[0]} rows of the round are not those that it was made from"

    def rows(self, name, number=None):
        """The landed rows of a table, of one round or of all: pandas.DataFrame; times are UTC."""
        table = LANDED_TABLES[name]
        query = f"select * from ({read_select(self.connection, table, self.usable[name])})"
        if number is not None:
            query += f" where round_number = {int(number)}"
        return self.connection.execute(query).to_arrow_table().to_pandas()


def rows_of(landing, name):
    """The rows of every usable file of a small table, whatever round they are of: pandas.DataFrame."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        files = landed_files(landing, name)
        contents, problems = file_contents(connection, landing, name, files)
        bad = set(problems) | {row["path"] for row in contents.to_pylist() if row["problem"]}
        usable = [path for path in files if str(path.relative_to(landing)) not in bad]
        select = read_select(connection, LANDED_TABLES[name], usable)
        return connection.execute(select).to_arrow_table().to_pandas()


def _total(files):
    """Rows and content over files: what a round is made from, however it is spread."""
    return sum(count for count, _ in files.values()), sum(content for _, content in files.values())
