"""A DuckLake as the place of the published marts: what names one.

    ducklake:sqlite:PATH      its catalog is a SQLite file
    ducklake:postgres:WORDS   a Postgres database, in the words that libpq takes: `dbname=lake host=db`
    ducklake:PATH             a DuckDB file

`lake_opening.py` opens it. This loads nothing, for whoever only asks where things are.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from kardashev.errors import SettingError

PREFIX = "ducklake:"
SQLITE, POSTGRES, DUCKDB = "sqlite", "postgres", "duckdb"
KINDS = (SQLITE, POSTGRES, DUCKDB)
KIND = re.compile(r"([A-Za-z]\w+):(.*)", re.DOTALL)  # two letters at least, unlike a drive
SECRETS = (
    (re.compile(r"(password\s*=\s*)('[^']*'?|[^\s&]+)", re.IGNORECASE), r"\1***"),
    (re.compile(r"(://[^/@\s:]*:)[^@\s]*@"), r"\1***@"),
)
SCHEMA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Lake:
    """A lake, and the schema in it that holds the marts of one tournament.

    Attributes
    ----------
    kind : str, of the catalog: one of `KINDS`
    catalog : str, an absolute path, or what libpq takes; it never holds a password
    schema : str
    data : Path of the folder of Parquet, or None: beside the catalog, or where an existing lake has it
    """

    kind: str
    catalog: str
    schema: str
    data: Path | None = None

    def __str__(self):
        return f"{PREFIX}{self.kind}:{self.catalog}"

    @property
    def name(self):
        """The lake and the schema, as one text."""
        return f"{self}, schema {self.schema}"

    @property
    def file(self):
        """Path of the catalog; None of a server."""
        return None if self.kind == POSTGRES else Path(self.catalog)


def masked(text):
    """A text without the passwords of connection strings in it."""
    for pattern, shown in SECRETS:
        text = pattern.sub(shown, text)
    return text


def named_lake(variable, text, project, schema, data):
    """The lake that a setting names.

    Parameters
    ----------
    variable : str, what is set
    text : str, which begins with `PREFIX`
    project : Path, where relative paths begin
    schema : str
    data : Path or None

    Raises
    ------
    SettingError
        When it names a password, another kind of catalog, no catalog, or no schema.
    """
    if masked(text) != text:
        raise SettingError(f"{variable} holds a password: give it by PGPASSWORD or in ~/.pgpass")
    catalog = text.removeprefix(PREFIX)
    found = KIND.fullmatch(catalog)
    kind, catalog = found.groups() if found else (DUCKDB, catalog)
    if kind not in KINDS:
        raise SettingError(
            f"{variable}: a lake's catalog is a SQLite file (ducklake:sqlite:PATH), Postgres "
            f"(ducklake:postgres:dbname=…) or a DuckDB file (ducklake:PATH), not {kind!r}"
        )
    if not catalog.strip():
        raise SettingError(f"{variable} is {text!r}: name the lake's catalog")
    if not SCHEMA_NAME.fullmatch(schema):
        raise SettingError(f"a lake's schema is {schema!r}: give letters, digits and _")
    if kind != POSTGRES:
        catalog = str((Path(project) / catalog).absolute())
    return Lake(kind, catalog, schema, data)
