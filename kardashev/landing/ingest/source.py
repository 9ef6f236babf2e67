"""How a file is read: its eras first, then era by era.

A file is never in memory whole. What eras it holds is read from one column. Its rows come in batches of
bounded size, of the columns that are used and the row groups that hold a wanted era. Rows of an era may lie
apart, as long as those that wait for their era to be whole stay below a bound.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kardashev.errors import LandingError
from kardashev.landing.door.form import day_of
from kardashev.landing.ingest.csv_files import as_parquet
from kardashev.landing.ingest.mapping import EraRule, FileRule
from kardashev.landing.layouts import (
    UNREADABLE,
    format_of,
    literal_path,
    quoted,
    reason,
    text_literal,
)

BATCH_BYTES = 32 * 2**20  # of decoded cells
FEWEST_ROWS = 1024  # of a batch, however many its columns
CELL_BYTES = 8
WAITING_BYTES = 2**30  # of rows whose era is not whole
BUFFER_BYTES = 2**17  # of each column that is being read; there may be thousands
NUMBERED = re.compile(r"[0-9]{1,6}")
ERA = "era of a row"  # what the column of eras is called beside a file's own
SHOWN_COLUMNS = 8
CSV_LINE = re.compile(r"CSV Error on Line: ([0-9]+)")


@dataclass
class Source:
    """One file: its rule, its group, and its columns once it is open.

    path : what is read; of a CSV file, the Parquet file that it becomes
    name : the file's name below the folder, for people
    fixed_era : the era of all rows, where no column says it
    """

    path: Path
    name: str
    rule: FileRule
    group: str
    fixed_era: date | None = None
    kinds: dict[str, pa.DataType] = field(default_factory=dict)

    def open(self, connection, scratch):
        """Reads the columns. A CSV file is first copied as Parquet into the folder ``scratch``."""
        if format_of(self.name) == "csv":
            self.path = as_parquet(connection, self, scratch)
        try:
            schema = pq.read_schema(self.path)
        except UNREADABLE as error:
            raise LandingError(
                f"{self.name} cannot be read as Parquet, it may be cut short: get it again"
            ) from error
        self.kinds = dict(zip(schema.names, schema.types, strict=True))
        self.stock = self.needed(self.rule.stock)
        if self.rule.era_in_name:
            self.fixed_era = self._era_of_name()
        if self.rule.universe is not None and self.fixed_era is None:
            self.needed(self.rule.era.columns)

    @property
    def stem(self):
        """The file's name as a part of another's, without its ending; no two files have one."""
        return quote(self.name.rpartition(".")[0], safe="")

    @property
    def literal(self):
        """The path in SQL."""
        return text_literal(literal_path(self.path))

    @property
    def era_column(self):
        """The column that says a row's era; None where none does."""
        return None if self.fixed_era else self.found(self.rule.era.columns)

    def found(self, columns):
        """The first of these columns that the file has; None if it has none."""
        return next((column for column in columns if column in self.kinds), None)

    def needed(self, columns):
        """The first of these columns that the file has."""
        column = self.found(columns)
        if column is None:
            held = list(self.kinds)
            more = f" and {len(held) - SHOWN_COLUMNS:,} more" if len(held) > SHOWN_COLUMNS else ""
            raise LandingError(
                f"{self.name} has no column {' or '.join(columns)}: it has "
                f"{', '.join(held[:SHOWN_COLUMNS])}{more}; is it a file of another shape?"
            )
        return column

    def numeric(self, pattern):
        """The numeric columns that a pattern finds, less keys and what the universe is made of."""
        taken = {self.stock, self.era_column, *self.rule.era.columns, "data_type"}
        taken |= {column for columns in (self.rule.universe or {}).values() for column in columns}
        name = re.compile(".*".join(map(re.escape, pattern.split("*"))))
        return [
            column
            for column, kind in self.kinds.items()
            if column not in taken and name.fullmatch(column) and is_number(kind)
        ]

    def scan(self):
        """SQL that reads the file, with the text of each row's era as `ERA`."""
        era = f"date '{self.fixed_era}'" if self.fixed_era else quoted(self.era_column)
        if not self.fixed_era and pa.types.is_temporal(self.kinds[self.era_column]):
            era = f"cast({era} as date)"
        return (
            f"(select *, cast({era} as varchar) as {quoted(ERA)} "
            f"from read_parquet({self.literal}, file_row_number = true, hive_partitioning = false))"
        )

    def spans(self, connection, counted=()):
        """What the file holds of each era: text → (rows, first row, last row, values of each counted column).

        Parameters
        ----------
        counted : columns, numeric, whose cells with a value are counted
        """
        counts = "".join(
            f", count(*) filter ({quoted(c)} is not null and not isnan(cast({quoted(c)} as double)))"
            for c in counted
        )
        rows = self.run(
            connection,
            f"select {quoted(ERA)}, count(*), min(file_row_number), max(file_row_number){counts} "
            f"from {self.scan()} group by all",
        ).fetchall()
        if any(text is None for text, *_ in rows):
            raise LandingError(f"{self.name} has rows without {self.era_column}: fill it")
        return {text: tuple(span) for text, *span in rows}

    def era_dates(self, texts):
        """The day of each era, by its text. Of a file of the group ``live`` it may be none, as of X."""
        return {text: self._era_date(text) for text in texts}

    def eras(self, columns, spans):
        """Rows era by era, each as soon as it is whole.

        Parameters
        ----------
        columns : of the file
        spans : text → (rows, first row, last row, ...), of the wanted eras

        Yields
        ------
        text, pyarrow.Table of the columns
        """
        waiting, bytes_waiting = {}, 0
        try:
            for texts, batch in self._batches(columns, spans):
                for text in pc.unique(texts).to_pylist():
                    if text not in spans:
                        continue
                    part = batch.filter(pc.equal(texts, text))
                    parts = waiting.setdefault(text, [])
                    parts.append(part)
                    bytes_waiting += part.nbytes
                    if sum(map(len, parts)) == spans[text][0]:
                        whole = pa.concat_tables(waiting.pop(text))
                        bytes_waiting -= whole.nbytes
                        yield text, whole
                if bytes_waiting > WAITING_BYTES:
                    raise LandingError(
                        f"{self.name}: rows of one {self.era_column} lie far apart: sort the file by it"
                    )
        except UNREADABLE as error:
            raise LandingError(f"{self.name} is damaged ({reason(error)}): get it again") from error

    def run(self, connection, query, parameters=None):
        """A query over the file, whose failure names it."""
        try:
            return connection.execute(query, parameters)
        except duckdb.Error as error:
            line = CSV_LINE.search(str(error))
            if line:
                raise LandingError(
                    f"{self.name}: line {line[1]} has other cells than the header, or an open quote: "
                    "correct it"
                ) from error
            raise LandingError(
                f"{self.name} cannot be read ({reason(error)}): get it again"
            ) from error

    def _batches(self, columns, spans):
        read = list(dict.fromkeys([*columns, *([self.era_column] if self.era_column else [])]))
        rows = max(FEWEST_ROWS, BATCH_BYTES // (CELL_BYTES * len(read)))
        file = pq.ParquetFile(self.path, buffer_size=BUFFER_BYTES, pre_buffer=False)
        groups = _row_groups(file.metadata, [span[1:3] for span in spans.values()])
        if not groups:
            return
        for batch in file.iter_batches(rows, row_groups=groups, columns=read, use_threads=False):
            table = pa.Table.from_batches([batch])
            yield self._texts(table), table.select(list(columns))

    def _texts(self, table):
        if self.fixed_era:
            return pa.array([str(self.fixed_era)] * len(table))
        eras = table[self.era_column].combine_chunks()
        if pa.types.is_dictionary(eras.type):
            eras = eras.dictionary_decode()
        if pa.types.is_temporal(eras.type):
            eras = eras.cast(pa.date32(), safe=False)
        return eras.cast(pa.string())

    def _era_date(self, text):
        rule: EraRule = self.rule.era
        if self.fixed_era:
            return self.fixed_era
        if rule.first is None:
            found = day_of(text)
        else:
            is_number = NUMBERED.fullmatch(text) and int(text) > 0
            found = rule.first + timedelta((int(text) - 1) * rule.days) if is_number else None
        if found is None and self.group != "live":
            wanted = "a day, as 2024-01-05" if rule.first is None else "an era's number, as 0575"
            raise LandingError(f"{self.name}: {self.era_column} {text[:40]!r} is not {wanted}")
        return found

    def _era_of_name(self):
        found = re.search(self.rule.era_in_name, self.name)
        day = found and day_of(found[1])
        if not day:
            raise LandingError(f"{self.name}: {self.rule.era_in_name} finds no day in its name")
        return day


def is_number(kind):
    """Whether a column of this type holds numbers."""
    types = pa.types
    return types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)


def _row_groups(metadata, bounds):
    """The row groups that hold a row between some bounds, both included."""
    groups, start = [], 0
    for group in range(metadata.num_row_groups):
        end = start + metadata.row_group(group).num_rows
        if any(first < end and last >= start for first, last in bounds):
            groups.append(group)
        start = end
    return groups
