"""The landing held against what the rounds were made from: files by the content of their rows."""

from collections import defaultdict

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
    know. All others held rows of other rounds alone.

    Parameters
    ----------
    landing : Path
    copy : kardashev.inspection.audit.published.Published
    numbers : set of int, the rounds, those of their windows included
    """

    def __init__(self, landing, copy, numbers):
        self.landing = landing
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.problems, self.held, self.known = {}, defaultdict(dict), defaultdict(dict)
        for row in copy.files(numbers).itertuples():
            listed = row.table_name, row.row_count, int(row.content_hash)
            self.known[row.round_number][row.path] = listed
        wanted = {path for files in self.known.values() for path in files}
        for name in OF_ROUNDS:
            files = [file for file in landed_files(self.landing, name) if _has_name(file)]
            paths = {str(file.relative_to(self.landing)): file for file in files}
            unlisted = copy.unlisted(list(paths))
            self._read(name, [file for path, file in paths.items() if path in wanted | unlisted])

    def _read(self, name, files):
        contents, problems = file_contents(self.connection, self.landing, name, files)
        rows = contents.to_pylist()
        self.problems |= problems | {row["path"]: row["problem"] for row in rows if row["problem"]}
        for row in rows:
            if row["path"] not in self.problems and row["round_number"] is not None:
                of_round = self.held[row["round_number"]]
                _, count, content = of_round.get(row["path"], (name, 0, 0))
                content += int(row["content_hash"])
                of_round[row["path"]] = name, count + row["row_count"], content

    def check(self, part, number):
        """Adds to a part every file whose rows of a round are not what the round was made from.

        Where rows only moved to other files, as compaction moves them, there is no difference.
        """
        part.count += len(self.known[number])
        for name in OF_ROUNDS:
            was, found = (
                {path: of[1:] for path, of in side[number].items() if of[0] == name}
                for side in (self.known, self.held)
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

    def rows(self, name, number):
        """The landed rows of a table of one round: pandas.DataFrame; times are UTC."""
        files = [self.landing / path for path, of in self.held[number].items() if of[0] == name]
        select = read_select(self.connection, LANDED_TABLES[name], sorted(files))
        query = f"select * from ({select}) where round_number = {int(number)}"
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


def _has_name(path):
    """Whether a file's name is text: no build can use another."""
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def _total(files):
    """Rows and content over files: what a round is made from, however it is spread."""
    return sum(count for count, _ in files.values()), sum(content for _, content in files.values())
