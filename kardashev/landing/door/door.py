"""The door: a participant's file of good form is landed as Parquet, any other is refused."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from kardashev.errors import LandingError, RefusedFileError
from kardashev.landing.calendar import read_rounds
from kardashev.landing.door.form import check_days, empty_as_null, shown
from kardashev.landing.door.formats import OF_A_ROUND, UNREADABLE, Limits, read_columns
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.object_storage import landing_path
from kardashev.landing.uploads import moment_name, read_upload, upload_folder, uploads_together

MODEL_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")  # also the name of a folder


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
        self.landing = landing_path(landing)
        self._rounds = read_rounds(self.landing)
        self._together = {}

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
        with refusals_name(file):
            submitted_at = self.admit(round_number, received_at)
            table = self.read(file, round_number, model_id, submitted_at)
            path = self.landed_before(table, round_number, model_id, submitted_at)
        if path is None:
            folder, name = upload_folder(round_number, model_id), moment_name(submitted_at)
            path = write_landed(self.landing, folder, name, table)
        is_late = self.is_late(round_number, submitted_at)
        return Receipt(path, table.num_rows, table["id_type"][0].as_py(), is_late)

    def admit(self, round_number, received_at) -> datetime:
        """The time of receipt, once the round and it are found in order; else RefusedFileError."""
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

    def is_late(self, round_number, submitted_at) -> bool:
        """Whether the time is after the close of a live round."""
        round_ = self._rounds[round_number]
        return round_.is_closed_at(submitted_at) and not round_.is_of_validation

    def read(self, file, round_number, model_id, submitted_at) -> pa.Table:
        """The rows to land of a file, with the columns and types of the landed table.

        Raises
        ------
        RefusedFileError
            When the model's id or the file's form is not as it must be.
        """
        check_model_id(model_id)
        layout, columns = read_columns(content_of(file, OF_A_ROUND), OF_A_ROUND)
        if layout.date:
            check_days(layout.date, columns[layout.date], self._rounds[round_number].eras)
        return submission(layout, columns, round_number, model_id, submitted_at)

    def landed_before(self, table, round_number, model_id, submitted_at) -> Path | None:
        """The landed file that holds this upload, None when there is none.

        Raises
        ------
        RefusedFileError
            When another upload of the model is landed with the same time.
        LandingError
            When the landed file cannot be read.
        """
        folder = upload_folder(round_number, model_id)
        path = landed_path(self.landing, folder, moment_name(submitted_at))
        if not path.exists():
            if round_number not in self._together:
                self._together[round_number] = uploads_together(self.landing, round_number)
            path = self._together[round_number].get((model_id, submitted_at))
        if path is None:
            return None
        try:
            landed = read_upload(path, model_id, submitted_at)
            is_same = _content_of(landed).equals(_content_of(table))
        except UNREADABLE as error:
            raise LandingError(f"{path} cannot be read: replace or remove it") from error
        if not is_same:
            raise RefusedFileError(
                f"another file of {model_id} is landed with the same time of receipt; "
                "say when this one was received"
            )
        return path


@contextmanager
def refusals_name(file):
    """A refusal inside names the file, in one line of printable characters."""
    try:
        yield
    except RefusedFileError as error:
        raise RefusedFileError(_printable(f"{file.name}: {error}")) from error


def _utc(moment):
    if moment is None:
        return datetime.now(UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def check_model_id(model_id):
    """Raises RefusedFileError unless the text may be a model's id."""
    if not MODEL_ID.fullmatch(model_id):
        raise RefusedFileError(
            f"{shown(model_id)} is no model's id; use 1 to 64 letters, digits, '_', '-' "
            "or '.', the first not '.'"
        )


def content_of(file, limits: Limits) -> bytes:
    """The file's bytes, one more than allowed at most; RefusedFileError if it cannot be read."""
    try:
        if not file.is_file():
            reason = "it is not a regular file" if file.exists() else "there is no such file"
            raise RefusedFileError(f"{reason}; give the path of a CSV or Parquet file")
        with file.open("rb") as stream:
            return stream.read(limits.bytes + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RefusedFileError(
            f"it cannot be read ({reason}); check its path and permissions"
        ) from error


def submission(layout, columns, round_numbers, model_id, submitted_at) -> pa.Table:
    """The rows to land, with the columns and types of the landed table.

    Parameters
    ----------
    layout, columns : as `read_columns` gives them
    round_numbers : int of all rows, or a pyarrow.Array of one for each
    model_id : str
    submitted_at : datetime
    """
    ids, signals = empty_as_null(columns[layout.id_type]), columns[layout.signal]
    same_in_each_row = {
        "model_id": pa.scalar(model_id),
        "submitted_at": pa.scalar(submitted_at, pa.timestamp("us", tz="UTC")),
        "id_type": pa.scalar(layout.id_type),
    }
    repeated = {name: pa.repeat(value, len(ids)) for name, value in same_in_each_row.items()}
    if isinstance(round_numbers, int):
        round_numbers = pa.repeat(pa.scalar(round_numbers, pa.int32()), len(ids))
    return pa.table({"round_number": round_numbers} | repeated | {"id": ids, "signal": signals})


def _content_of(table):
    """An upload's rows in one order; signals as their bits: unlike numbers, two NaN are then equal."""
    bits = table["signal"].combine_chunks().view(pa.int64())
    columns = {"id_type": table["id_type"], "id": table["id"], "bits": bits}
    return pa.table(columns).sort_by([(name, "ascending") for name in columns])


def _printable(text):
    """One line of printable characters, whatever a file put into it."""
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )
