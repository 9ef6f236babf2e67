"""Layouts: the columns and types of a landed file, Parquet or CSV, taken from its first bytes or its footer.

Files of one layout are read together and cast alike: the odd types of one file never meet those of another.
"""

import csv
import gzip
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError

FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
}
UNREADABLE = (pa.ArrowException, OSError, ValueError, EOFError, MemoryError)
DELIMITERS = ",;\t|"
HEADER_CHARACTERS = 2**20
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Layout:
    """How a file is read, and what it holds: pairs of a column's name and its DuckDB type."""

    format: str
    columns: tuple[tuple[str, str], ...]
    delimiter: str = ""
    compression: str = ""

    @property
    def types(self):
        return dict(self.columns)

    def as_text(self):
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text):
        fields = json.loads(text)
        return cls(**fields | {"columns": tuple(map(tuple, fields["columns"]))})

    def scan(self, files, path_column=None):
        """SQL that reads files of this layout; ``path_column`` names where each row's file goes.

        Names of folders such as ``round_number=7`` say nothing: columns come from files alone.
        """
        paths = ", ".join(text_literal(literal_path(path)) for path in files)
        options = ["hive_partitioning = false"]
        if path_column:
            options.append(f"filename = {text_literal(path_column)}")
        if self.format == "parquet":
            return f"read_parquet([{paths}], {', '.join(options)})"
        columns = ", ".join(f"{text_literal(name)}: '{kind}'" for name, kind in self.columns)
        options += [
            "auto_detect = false",
            "header = true",
            f"delim = {text_literal(self.delimiter)}",
            "quote = '\"'",
            "escape = '\"'",
            f"compression = '{self.compression}'",
            f"columns = {{{columns}}}",
        ]
        return f"read_csv([{paths}], {', '.join(options)})"


def format_of(path):
    """``parquet`` or ``csv`` by the end of the name, in small or capital letters; None for any other."""
    name = Path(path).name.lower()
    return next((kind for end, kind in FORMATS.items() if name.endswith(end)), None)


def read_layouts(connection, files):
    """The layout of each file.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    files : iterable of Path

    Returns
    -------
    layouts : dict of path → Layout
    problems : dict of path → str, why a file has no layout, in one line
    """
    layouts, problems, described = {}, {}, {}
    for path in files:
        try:
            layouts[path] = _layout(connection, Path(path), described)
        except LandingError as error:
            problems[path] = str(error)
        except (duckdb.Error, *UNREADABLE) as error:
            problems[path] = reason(error)
    return layouts, problems


def literal_path(path):
    """A path that stands for itself alone: DuckDB reads paths as patterns."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(path))


def text_literal(text):
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name):
    """A column's name in SQL, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def reason(error):
    """Why a file cannot be read, in one line, without what readers advise to programmers."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    text = re.split(r"Possible (?:fixes|Solution)|LINE \d+:|\n\s*file = ", text)[0]
    return " ".join(text.split()).rstrip(".")


def _layout(connection, path, described):
    kind = format_of(path)
    if kind is None:
        raise LandingError(f"its name ends in none of {', '.join(FORMATS)}")
    if path.is_symlink() and not path.exists():
        raise LandingError("it is a link to nothing")
    if not path.is_file():
        raise LandingError("it is not a regular file")
    if not path.stat().st_size:
        raise LandingError("it is empty")
    return _csv_layout(path) if kind == "csv" else _parquet_layout(connection, path, described)


def _parquet_layout(connection, path, described):
    """Described once for all files with the same footer: the schema's text, less its address."""
    schema = pq.read_metadata(path).schema
    footer = str(schema).split("\n", 1)[1]
    if footer not in described:
        _refuse_repeated(schema.to_arrow_schema().names)
        scan = Layout("parquet", ()).scan([path])
        rows = connection.execute(f"describe select * from {scan}").fetchall()
        described[footer] = Layout("parquet", tuple((name, kind) for name, kind, *_ in rows))
    return described[footer]


def _csv_layout(path):
    """The header's names, all text, separated by whatever separates most of them."""
    is_packed = path.name.lower().endswith(".gz")
    opened = gzip.open if is_packed else open
    with opened(path, "rb") as stream:
        if stream.read(2) in UTF16_MARKS:
            raise LandingError("it is UTF-16: save it as UTF-8")
    with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
        try:
            line = stream.readline(HEADER_CHARACTERS)
        except UnicodeDecodeError:
            raise LandingError("it is not UTF-8: save it so") from None
    if not line.strip():
        raise LandingError("its first line is empty: write the columns' names there")
    delimiter = max(DELIMITERS, key=line.count)
    names = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter))
    names = [name.strip() or f"(unnamed {place})" for place, name in enumerate(names)]
    _refuse_repeated(names)
    return Layout(
        "csv",
        tuple((name, "VARCHAR") for name in names),
        delimiter,
        "gzip" if is_packed else "none",
    )


def _refuse_repeated(names):
    """DuckDB tells no capital letters from small ones, so neither does a header."""
    seen = set()
    for name in names:
        if name.lower() in seen:
            raise LandingError(f"column {name!r} appears twice")
        seen.add(name.lower())
