"""The door: a participant's file of good form is landed as Parquet, any other is refused."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError, RefusedFileError
from kardashev.landing.door.form import check_days, empty_as_null, shown
from kardashev.landing.door.formats import MAX_BYTES, UNREADABLE, read_columns
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.listing import landed_files
from kardashev.landing.reader import files_select, usable_layouts
from kardashev.landing.tables import LANDED_TABLES

MODEL_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")  # also the name of a folder
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Round:
    """What the door knows of a round: times None where not known, (kind, era date) of each landed row."""

    open_at: datetime | None
    close_at: datetime | None
    eras: tuple[tuple[str, date], ...]


@dataclass(frozen=True)
class Receipt:
    """What was landed, and whether it came after the round's close."""

    path: Path
    rows: int
    id_type: str
    is_late: bool


class Door:
    """Lands submissions below one landing, whose rounds are read once.

    Raises
    ------
    LandingError
        When the landing has no rounds, or they cannot be read.
    """

    def __init__(self, landing: Path):
        self.landing = Path(landing)
        self._rounds = _read_rounds(self.landing)

    def land(
        self, file: Path, round_number: int, model_id: str, received_at: datetime | None = None
    ) -> Receipt:
        """Check a file's form and land it; landing it again changes nothing.

        Parameters
        ----------
        file : CSV or Parquet, told apart by content
        round_number : a landed round
        model_id : 1 to 64 letters, digits, ``_``, ``-`` or ``.``, the first not ``.``
        received_at : in UTC when it has no time zone; now when None

        Returns
        -------
        Receipt

        Raises
        ------
        RefusedFileError
            In one line: what, where, what to do. Nothing is landed.
        LandingError
            When the landing cannot be written.
        """
        file = Path(file)
        try:
            submitted_at = self._admit(round_number, model_id, received_at)
            table = _submission(
                _content(file),
                round_number,
                self._rounds[round_number].eras,
                model_id,
                submitted_at,
            )
            path = self._write_once(table, round_number, model_id, submitted_at)
        except RefusedFileError as error:
            raise RefusedFileError(_printable(f"{file.name}: {error}")) from error
        close_at = self._rounds[round_number].close_at
        is_late = close_at is not None and submitted_at > close_at
        return Receipt(path, table.num_rows, table["id_type"][0].as_py(), is_late)

    def _admit(self, round_number, model_id, received_at):
        """The time of receipt, once model, round and time are found in order."""
        if not MODEL_ID.fullmatch(model_id):
            raise RefusedFileError(
                f"{shown(model_id)} is no model's id; use 1 to 64 letters, digits, '_', '-' "
                "or '.', the first not '.'"
            )
        if round_number not in self._rounds:
            first, last = min(self._rounds), max(self._rounds)
            raise RefusedFileError(
                f"round {round_number} is unknown; rounds {first} to {last} are landed"
            )
        submitted_at = _utc(received_at)
        open_at = self._rounds[round_number].open_at
        if open_at is not None and submitted_at < open_at:
            raise RefusedFileError(
                f"received at {submitted_at.isoformat()}, before round {round_number} opens at "
                f"{open_at.isoformat()}; send it then"
            )
        return submitted_at

    def _write_once(self, table, round_number, model_id, submitted_at):
        folder = f"submissions/{round_number:06d}/{model_id}"
        name = f"{submitted_at:%Y%m%dT%H%M%S%fZ}"
        path = landed_path(self.landing, folder, name)
        if not path.exists():
            return write_landed(self.landing, folder, name, table)
        try:
            is_same = _bits(pq.ParquetFile(path).read()).equals(_bits(table))
        except UNREADABLE as error:
            raise LandingError(f"{path} cannot be read: replace or remove it") from error
        if not is_same:
            raise RefusedFileError(
                f"another file of {model_id} is landed with the same time of receipt; "
                "say when this one was received"
            )
        return path


def _read_rounds(landing):
    """Round number → Round."""
    files = landed_files(landing, "rounds")
    if not files:
        raise LandingError(
            f"{landing / 'rounds'} holds no rounds: land some, as `kardashev market` does"
        )
    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")  # of times without one, as in the warehouse
        layouts, problems = usable_layouts(connection, LANDED_TABLES["rounds"], files)
        if problems:
            path, problem = next(iter(problems.items()))
            raise LandingError(f"{path} cannot be used: {problem}")
        select = files_select(LANDED_TABLES["rounds"], layouts)
        # A round landed twice is for the warehouse to refuse; the door takes the wider window.
        rows = connection.execute(
            "select round_number, epoch_us(min(open_at)), epoch_us(max(close_at)), "
            "list(distinct (kind, era_date)) filter (where era_date is not null) "
            f"from ({select}) where round_number is not null group by round_number"
        ).fetchall()
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise LandingError(f"{landing / 'rounds'} cannot be read: {reason}") from error
    finally:
        connection.close()
    if not rows:
        raise LandingError(f"{landing / 'rounds'} holds no rounds: its files have no round_number")
    return {
        number: Round(_moment(open_us), _moment(close_us), tuple(eras or ()))
        for number, open_us, close_us, eras in rows
    }


def _moment(microseconds):
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def _utc(moment):
    if moment is None:
        return datetime.now(UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _content(file):
    """The file's bytes, one more than allowed at most."""
    try:
        if not file.is_file():
            reason = "it is not a regular file" if file.exists() else "there is no such file"
            raise RefusedFileError(f"{reason}; give the path of a CSV or Parquet file")
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RefusedFileError(
            f"it cannot be read ({reason}); check its path and permissions"
        ) from error


def _submission(content, round_number, eras, model_id, submitted_at):
    """The rows to land, with the columns and types of the landed table."""
    layout, columns = read_columns(content)
    if layout.date:
        check_days(layout.date, columns[layout.date], eras)
    ids, signals = empty_as_null(columns[layout.id_type]), columns[layout.signal]
    same_in_each_row = {
        "round_number": pa.scalar(round_number, pa.int32()),
        "model_id": pa.scalar(model_id),
        "submitted_at": pa.scalar(submitted_at, pa.timestamp("us", tz="UTC")),
        "id_type": pa.scalar(layout.id_type),
    }
    repeated = {name: pa.repeat(value, len(ids)) for name, value in same_in_each_row.items()}
    return pa.table(repeated | {"id": ids, "signal": signals})


def _bits(table):
    """The table with signals as their bits: unlike numbers, two NaN are then equal."""
    bits = table["signal"].combine_chunks().view(pa.int64())
    return table.set_column(table.schema.get_field_index("signal"), "signal", bits)


def _printable(text):
    """One line of printable characters, whatever a file put into it."""
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )
