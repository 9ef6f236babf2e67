"""Files of signals: each column that a rule names is a model, and its rows of an era are one upload.

A file may leave out its rows' eras, as classic does: then ids say them, which must be of one era each.
"""

from dataclasses import replace
from pathlib import PurePath

import pyarrow as pa
import pyarrow.compute as pc

from kardashev.errors import LandingError
from kardashev.landing.door.door import check_model_id, refusals_name
from kardashev.landing.door.form import DATE_COLUMNS, SIGNAL_COLUMNS
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.ingest import round_tables
from kardashev.landing.ingest.mapping import EVERY, FILE_NAME, FileRule
from kardashev.landing.ingest.plan import LIVE, read_landed
from kardashev.landing.ingest.source import ERA, Source
from kardashev.landing.layouts import quoted
from kardashev.landing.tables import STOCK_IDENTIFIERS
from kardashev.landing.uploads import free_name, together_folder

OWN_ACCOUNT = "own"


def own_predictions(connection, scratch, path, mapping):
    """The open source of a file of one's own, in any form that the door knows, for many eras."""
    (first,) = [rule for rule in mapping.files if rule.universe is not None][:1]
    rule = FileRule(
        patterns=(),
        stock=(*STOCK_IDENTIFIERS, "id"),
        id_type=first.id_type,
        era=replace(first.era, columns=(*first.era.columns, *DATE_COLUMNS)),
        submissions={FILE_NAME: SIGNAL_COLUMNS},
        account=OWN_ACCOUNT,
    )
    if not path.is_file():
        raise LandingError(f"there is no file {path}")
    source = Source(path, path.name, rule, group="")
    source.open(connection, scratch)
    source.rule = replace(rule, id_type=source.stock)
    return source


class Predictions:
    """The uploads that one open source holds.

    Parameters
    ----------
    stocks : the open sources that say which stocks a round has: a file without eras is joined to them
    """

    def __init__(self, connection, source, stocks):
        self.connection, self.source, self.stocks = connection, source, stocks
        self.name = source.stem
        self.columns = self._columns()
        self.has_landed = False
        self.texts = None
        if source.era_column or source.fixed_era:
            days = source.era_dates(source.spans(connection))
            self.texts = {day: text for text, day in days.items()}
        elif any(other.rule.id_type != source.rule.id_type for other in stocks):
            source.needed(source.rule.era.columns)

    def uploads(self, eras):
        """Each of these eras that lacks an upload of the file: it, rows to land, and how many uploads."""
        is_live = self.source.group == LIVE
        eras = [era for era in eras if (era.source.group == LIVE) == is_live]
        if self.texts is not None:
            eras = [era for era in eras if era.era_date in self.texts]
        self.has_landed |= any(era.models & set(self.columns) for era in eras)
        eras = {era.number: era for era in eras if set(self.columns) - era.models}
        if not eras:
            return
        rows = self._rows(eras)
        numbers = rows["number"]
        for number in pc.unique(numbers).to_pylist():
            era = eras[number]
            lacking = {m: f"m{n}" for n, m in enumerate(self.columns) if m not in era.models}
            of_era = rows.filter(pc.equal(numbers, number))
            table = round_tables.uploads(era, self.source.rule, of_era, lacking)
            if table is not None:
                self.has_landed = True
                yield era, table, len(pc.unique(table["model_id"]))

    def place(self, landing, era):
        """Folder and name of a file for an era's uploads."""
        folder = together_folder(era.number)
        return folder, free_name(landing / folder, self.name)

    def register(self, landing):
        """Land the file's models, unless they are landed so already."""
        rule, names = self.source.rule, list(self.columns)
        table = pa.table(
            {
                "model_id": names,
                "account_id": pa.array([rule.account] * len(names), pa.string()),
                "is_benchmark": [rule.is_benchmark] * len(names),
                "is_example": [rule.is_example] * len(names),
            }
        )
        path = landed_path(landing, "models", self.name)
        if self.has_landed and not (path.exists() and read_landed(path).equals(table)):
            write_landed(landing, "models", self.name, table)

    def _columns(self):
        """model_id → column."""
        found = {}
        for name, columns in self.source.rule.submissions.items():
            if name == EVERY:
                found |= {c: c for pattern in columns for c in self.source.numeric(pattern)}
            else:
                model_id = name.replace(FILE_NAME, PurePath(self.source.name).stem)
                found[model_id] = self.source.needed(columns)
        with refusals_name(self.source.path):
            for model_id in found:
                check_model_id(model_id)
        if not found:
            patterns = ", ".join(c for cs in self.source.rule.submissions.values() for c in cs)
            raise LandingError(f"{self.source.name} has no column of numbers {patterns}")
        return found

    def _rows(self, eras):
        """Rows of some eras: number, stock, and a column m0, m1, … for each model."""
        source = self.source
        signals = ", ".join(f"{quoted(c)} as m{n}" for n, c in enumerate(self.columns.values()))
        stock = f"cast({quoted(source.stock)} as varchar)"
        if self.texts is not None:
            wanted = {"text": [self.texts[e.era_date] for e in eras.values()], "number": [*eras]}
            self.connection.register("wanted", pa.table(wanted))
            query = (
                f"select number, {stock} as stock, {signals} from {source.scan()} as rows "
                f"inner join wanted on rows.{quoted(ERA)} = wanted.text"
            )
            return source.run(self.connection, query).to_arrow_table()
        self._make_stocks(eras)
        query = (
            f"select number, {stock} as stock, {signals} from read_parquet({source.literal}) as rows "
            f"inner join era_stocks on {stock} = era_stocks.stock"
        )
        return source.run(self.connection, query).to_arrow_table()

    def _make_stocks(self, eras):
        """The table ``era_stocks``: which stocks some eras have; each is of one of them."""
        self.connection.execute(
            "create or replace table era_stocks (stock varchar, number integer)"
        )
        for other in self.stocks:
            of_file = [era for era in eras.values() if era.source is other]
            wanted = {"text": [e.text for e in of_file], "number": [e.number for e in of_file]}
            text = pa.schema([("text", pa.string()), ("number", pa.int32())])
            self.connection.register("wanted", pa.table(wanted, schema=text))
            other.run(
                self.connection,
                f"insert into era_stocks select cast({quoted(other.stock)} as varchar), number "
                f"from {other.scan()} as rows inner join wanted on rows.{quoted(ERA)} = wanted.text",
            )
        twice = "select stock from era_stocks group by stock having count(*) > 1 limit 1"
        found = self.connection.execute(twice).fetchone()
        if found:
            column = " or ".join(self.source.rule.era.columns)
            raise LandingError(
                f"{self.source.name} has no column {column}, and {found[0]} is a stock of several eras: "
                "say the era of each row"
            )
