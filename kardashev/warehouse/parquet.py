"""The published copy once more as Parquet: a folder for each mart, all of them swapped in at once.

    PARQUET/current                               a link to the version that people read
    PARQUET/.versions/VERSION/MART/BLOCK.parquet

A version is written from the published copy once that is in its place, and is named for it. It gets its name
when it is complete, and people read it when `current` leads to it. The version before stays until the next
one, so whoever reads it can finish.

Cost follows what changed: a mart is cut into blocks of rounds or months, and blocks without a redone row are
hard links to the files of the version before. If that leaves a mart with another number of rows than its
table has, it is written whole.
"""

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from kardashev.landing.layouts import text_literal
from kardashev.landing.replacement import sync
from kardashev.warehouse.environment import CURRENT

VERSIONS, SCRATCH = ".versions", "next"
BLOCKS = {  # of a mart with this column: a row's block, named for its first round or day
    "round_number": "round_number // 50 * 50",
    "as_of_date": "cast(date_trunc('month', as_of_date) as date)",
}
NO_BLOCK, REST = "cast(null as integer)", "all"  # of other marts, and the name of their one file
NONE_REDONE = "false"


def version_of(stat):
    """Name of the version that is written from a published copy, as its `file_stat` tells it."""
    return f"{stat['changed_ns']}-{stat['inode']}"


def swap_in(cursor, copy, marts, folder, version, former, changes):
    """Writes the attached copy as a version and makes `current` lead to it, unless it does already.

    If a build is killed here, `current` is what it was or the new version; the next build removes the rest.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection of the warehouse, to which the copy is attached
    copy : str, the name by which it is
    marts : iterable of str
    folder : Path
    version : str, `version_of` the copy
    former : str or None, the version from which the copy differs by `changes`
    changes : dict of mart → condition on the rows that were redone, None for all; or None for all marts

    Raises
    ------
    duckdb.Error, OSError
        When it cannot be written: nothing of it is left.
    """
    versions = folder / VERSIONS
    read = _version_read(folder)
    if read == version:
        return
    base = versions / read if changes is not None and read == former else None
    scratch = versions / SCRATCH
    _keep_only(versions, read)
    try:
        for name in marts:
            mart = _Mart(cursor, f"{copy}.main.{name}", scratch / name)
            redone = changes.get(name, NONE_REDONE) if base else None
            if not redone or not mart.write_redone(redone, base / name):
                mart.write_whole()
        scratch.rename(versions / version)
        _lead_to(folder, version)
    except (duckdb.Error, OSError):
        _keep_only(versions, read)
        raise
    _keep_only(versions, read, version)


def _version_read(folder):
    """Name of the version to which `current` leads; None where it leads nowhere."""
    current = folder / CURRENT
    return current.readlink().name if current.is_symlink() and current.exists() else None


def _lead_to(folder, version):
    link = folder / VERSIONS / CURRENT
    link.symlink_to(Path(VERSIONS) / version)
    link.replace(folder / CURRENT)


def _keep_only(versions, *names):
    for entry in versions.iterdir() if versions.exists() else ():
        if entry.is_symlink():  # a killed build did not come to put it in its place
            entry.unlink()
        elif entry.name not in names:
            shutil.rmtree(entry)


@dataclass
class _Mart:
    """A table of the copy, and the folder where its files go."""

    cursor: duckdb.DuckDBPyConnection
    table: str
    folder: Path

    def write_redone(self, redone, base):
        """Blocks with redone rows, links for the others; False if these are not the table's rows then."""
        self._clear()
        try:
            former = f"from {_files(base)} where {redone}"
            blocks = self._blocks(f"from {self.table} where {redone}") | self._blocks(former)
            written = {_name(block) for block in blocks}
            for file in base.iterdir():
                if file.name not in written:
                    (self.folder / file.name).hardlink_to(file)
            self._write(blocks)
            return self._count(self.table) == self._count(_files(self.folder))
        except (duckdb.Error, OSError):  # damaged files
            return False

    def write_whole(self):
        """All blocks; of a table without rows one file, which shows its columns."""
        self._clear()
        self._write(self._blocks(f"from {self.table}") or {None})

    def _clear(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def _write(self, blocks):
        for block in blocks:
            file = self.folder / _name(block)
            rows = f"from {self.table} where {self._block} is not distinct from ?"
            self.cursor.execute(f"copy ({rows}) to {text_literal(file)} (format parquet)", [block])
            sync(file)

    @cached_property
    def _block(self):
        columns = self.cursor.table(self.table).columns
        return next((block for column, block in BLOCKS.items() if column in columns), NO_BLOCK)

    def _blocks(self, rows):
        return {block for (block,) in self._rows(f"select distinct {self._block} {rows}")}

    def _count(self, rows):
        return self._rows(f"select count(*) from {rows}")

    def _rows(self, query):
        return self.cursor.execute(query).fetchall()


def _name(block):
    return f"{REST if block is None else block}.parquet"


def _files(folder):
    return f"read_parquet({text_literal(folder / '*.parquet')})"
