"""Layouts: the columns and types of a landed file, Parquet or CSV, taken from its first bytes or its footer.

Files of one layout are read together and cast alike: the odd types of one file never meet those of another.
"""

import csv
import gzip
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError
from kardashev.landing.object_storage import ObjectPath, raise_if_outage
from kardashev.landing.storage_client import CONNECTIONS

FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
}
UNREADABLE = (pa.ArrowException, OSError, ValueError, EOFError, MemoryError)
DELIMITERS = ",;\t|"
HEADER_CHARACTERS = 2**20
FOOTER_BYTES = 2**14  # of most Parquet files; of wide ones the rest is fetched
PARQUET_MAGIC = b"PAR1"
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
    for path, source in _sources(files):
        try:
            layouts[path] = _layout(connection, path, source, described)
        except LandingError as error:
            problems[path] = str(error)
        except (duckdb.Error, *UNREADABLE) as error:
            raise_if_outage(path, error)
            problems[path] = reason(error)
    return layouts, problems


def literal_path(path):
    """A path that stands for itself alone: DuckDB reads paths as patterns, but not those of objects."""
    if isinstance(path, ObjectPath):
        return str(path)
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


def _sources(files):
    """Each path with what its layout is told by: the file itself; of an object its first or last bytes."""
    files = list(files)
    for start in range(0, len(files), CONNECTIONS):
        group = files[start : start + CONNECTIONS]
        objects = [path for path in group if isinstance(path, ObjectPath) and format_of(path)]
        ends = {}
        if objects:  # a request each, so many at once
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                ends = dict(zip(objects, pool.map(_end, objects), strict=True))
        yield from ((path, ends.get(path, path)) for path in group)


def _end(path):
    """The bytes that an object's layout is told by, or why there are none."""
    try:
        if format_of(path) == "csv":
            return path.read(first=HEADER_CHARACTERS)
        end = path.read(last=FOOTER_BYTES)
        length = int.from_bytes(end[-8:-4], "little") + 8
        is_cut = end[-4:] == PARQUET_MAGIC and length > len(end) == FOOTER_BYTES
        return path.read(last=length) if is_cut else end
    except OSError as error:
        return error


def _layout(connection, path, source, described):
    kind = format_of(path)
    if kind is None:
        raise LandingError(f"its name ends in none of {', '.join(FORMATS)}")
    if isinstance(source, OSError):
        raise source
    if isinstance(source, Path):
        _check_file(path)
    elif not source:
        raise LandingError("it is empty")
    if kind == "csv":
        return _csv_layout(path.name.lower().endswith(".gz"), source)
    return _parquet_layout(connection, path, source, described)


def _check_file(path):
    if path.is_symlink() and not path.exists():
        raise LandingError("it is a link to nothing")
    if not path.is_file():
        raise LandingError("it is not a regular file")
    if not path.stat().st_size:
        raise LandingError("it is empty")


def _parquet_layout(connection, path, source, described):
    """Described once for all files with the same footer: the schema's text, less its address."""
    schema = pq.read_metadata(source if source is path else io.BytesIO(source)).schema
    footer = str(schema).split("\n", 1)[1]
    if footer not in described:
        _refuse_repeated(schema.to_arrow_schema().names)
        scan = Layout("parquet", ()).scan([path])
        rows = connection.execute(f"describe select * from {scan}").fetchall()
        described[footer] = Layout("parquet", tuple((name, kind) for name, kind, *_ in rows))
    return described[footer]


def _csv_layout(is_packed, source):
    """The header's names, all text, separated by whatever separates most of them."""
    with _unpacked(is_packed, source) as stream:
        if stream.read(2) in UTF16_MARKS:
            raise LandingError("it is UTF-16: save it as UTF-8")
    packed = _unpacked(is_packed, source)
    with io.TextIOWrapper(packed, encoding="utf-8-sig", newline="") as stream:
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


def _unpacked(is_packed, source):
    if isinstance(source, bytes):
        source = io.BytesIO(source)
        return gzip.open(source) if is_packed else source
    return gzip.open(source) if is_packed else source.open("rb")


def _refuse_repeated(names):
    """DuckDB tells no capital letters from small ones, so neither does a header."""
    seen = set()
    for name in names:
        if name.lower() in seen:
            raise LandingError(f"column {name!r} appears twice")
        seen.add(name.lower())
