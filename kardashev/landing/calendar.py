"""The landed rounds as the door and compaction need them: when they open and close, and their eras."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from kardashev.errors import LandingError
from kardashev.landing.listing import landed_files
from kardashev.landing.reader import read_select
from kardashev.landing.tables import LANDED_TABLES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Round:
    """A landed round: times None where not known, (kind, era date) of each of its rows."""

    open_at: datetime | None
    close_at: datetime | None
    eras: tuple[tuple[str, date], ...]

    @property
    def is_of_validation(self):
        """Whether uploads are never late: they come long after their era."""
        return bool(self.eras) and all(kind == "validation" for kind, _ in self.eras)

    def is_closed_at(self, moment):
        """Whether the round is known to have closed before this moment."""
        return self.close_at is not None and self.close_at < moment


def read_rounds(landing: Path) -> dict[int, Round]:
    """The landed rounds by number.

    Raises
    ------
    LandingError
        When there are none, or they cannot be read.
    """
    files = landed_files(landing, "rounds")
    if not files:
        raise LandingError(
            f"{landing / 'rounds'} holds no rounds: land some, as `kardashev market` does"
        )
    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")  # of times without one, as in the warehouse
        select = read_select(connection, LANDED_TABLES["rounds"], files)
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
