"""Compaction: the submission files of each closed round become one, sorted by model.

The new file is read back and compared before it takes the place of the others, in the one step that
`replacement` describes: at any moment readers find each row once, and what a killed run left undone is done
by the next. The content of a round, as the manifest has it, stays the same: nothing becomes due.
"""

import fcntl
import os
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from kardashev.errors import LandingError
from kardashev.landing.calendar import read_rounds
from kardashev.landing.files import ROW_GROUP
from kardashev.landing.layouts import Layout, reason, text_literal
from kardashev.landing.listing import landed_files
from kardashev.landing.manifest import file_contents
from kardashev.landing.reader import files_select, usable_layouts
from kardashev.landing.replacement import finish, marks, replace
from kardashev.landing.tables import LANDED_TABLES
from kardashev.landing.uploads import (
    COMPACTED,
    TOGETHER,
    folder_round,
    free_name,
    together_folder,
)

SUBMISSIONS = LANDED_TABLES["submissions"]
MEMORY = "2GB"  # beyond which a round is sorted on the disk
COLUMNS = SUBMISSIONS.columns
CHANGED = "it changed while it was read: run again"


@dataclass
class Compaction:
    """What a run did: rounds compacted, their files and rows, and why each file left as it is was left."""

    rounds: int = 0
    files: int = 0
    rows: int = 0
    left: dict[str, str] = field(default_factory=dict)


def compact(landing: Path, now: datetime | None = None, begin=None) -> Compaction:
    """Compact the submissions of closed rounds that lie in more than one file.

    Parameters
    ----------
    landing : the landing's folder
    now : rounds that closed before it are compacted; the present when None
    begin : called with the number of rounds; what it returns is called after each with the numbers of
        rounds done and of files left

    Returns
    -------
    Compaction

    Raises
    ------
    LandingError
        When the rounds cannot be read, another run is at work, or writing fails. No row is lost.
    """
    landing, now = Path(landing), now or datetime.now(UTC)
    rounds = read_rounds(landing)
    closed = {number for number, known in rounds.items() if known.is_closed_at(now)}
    root, result = landing / SUBMISSIONS.name, Compaction()
    if not root.is_dir():
        return result
    try:
        with _alone(root), duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute(f"set temp_directory = {text_literal(root / '.sorting')}")
            finish(root, f"*{TOGETHER}/", COMPACTED)
            files_of = _files_by_round(connection, landing, rounds, closed, result.left)
            step = begin(len(files_of)) if begin else lambda *_: None
            for done, number in enumerate(sorted(files_of), start=1):
                _compact_round(connection, landing, number, files_of[number], result)
                step(done, len(result.left))
            finish(root, f"*{TOGETHER}/", COMPACTED)
    except (duckdb.Error, OSError) as error:
        raise LandingError(f"cannot compact {root}: {reason(error)}") from error
    return result


@contextmanager
def _alone(root):
    """The only run of its kind on this landing; the lock goes with the process."""
    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise LandingError(f"{root} is being compacted: wait until that has ended") from error
    finally:
        os.close(descriptor)


def _files_by_round(connection, landing, rounds, closed, left):
    """Closed round → its files, where there are several. Files outside the door's folders are looked into."""
    files_of, others = defaultdict(list), []
    for path in landed_files(landing, SUBMISSIONS.name):
        below = path.relative_to(landing / SUBMISSIONS.name)
        number = folder_round(below)
        if not _is_text(below):
            left[str(path.relative_to(landing))] = "its name is not UTF-8"
        elif number not in rounds:
            others.append(path)
        elif number in closed:
            files_of[number].append(path)
    layouts, problems = usable_layouts(connection, SUBMISSIONS, others)
    for path, layout in layouts.items():
        select = files_select(SUBMISSIONS, {path: layout})
        try:
            found = connection.execute(f"select distinct round_number from ({select})").fetchall()
        except duckdb.Error as error:
            problems[path] = reason(error)
            continue
        held = {number for (number,) in found}
        if len(held) == 1 and held <= closed:
            files_of[held.pop()].append(path)
        elif held & closed:
            problems[path] = f"it holds {len(held)} rounds: write a file for each"
    left |= {str(path.relative_to(landing)): problem for path, problem in problems.items()}
    return {number: files for number, files in files_of.items() if len(files) > 1}


def _is_text(path):
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:  # bytes that Python keeps as lone surrogates
        return False


def _compact_round(connection, landing, number, files, result):
    """One file in place of these, but for those that have to be left."""
    was = {path: marks(path) for path in files}
    content, problems = file_contents(connection, landing, SUBMISSIONS.name, files)
    rows_of = defaultdict(list)
    for row in content.to_pylist():
        rows_of[row["path"]].append(row)
    layouts, rows = {}, []
    for path in files:
        below = str(path.relative_to(landing))
        if why := problems.get(below) or _why_left(landing, path, number, rows_of[below]):
            result.left[below] = why
        else:
            layouts[path] = Layout.from_text(rows_of[below][0]["layout"])
            rows += rows_of[below]
    if len(layouts) < 2:
        return
    folder = landing / together_folder(number)
    folder.mkdir(exist_ok=True)
    name = f"{free_name(folder, COMPACTED)}.parquet"
    written = folder / f".{name}"
    try:
        _write(connection, layouts, written)
        copy, problems = file_contents(connection, landing, SUBMISSIONS.name, [written])
        if problems or _sums(copy.to_pylist()) != _sums(rows):
            raise LandingError(f"{written} differs from what it was made of: nothing was changed")
        if any(marks(path) != was[path] for path in layouts):
            result.left[str(folder.relative_to(landing))] = CHANGED
            return
        replace(landing / SUBMISSIONS.name, written, folder / name, {p: was[p] for p in layouts})
    finally:
        written.unlink(missing_ok=True)
    result.rounds += 1
    result.files += len(layouts)
    result.rows += sum(row["row_count"] for row in rows)


def _why_left(landing, path, number, rows):
    """Why a file that can be read is left as it is; None when nothing of it would be lost."""
    root = landing / SUBMISSIONS.name
    if path.resolve() != root.resolve() / path.relative_to(root):
        return "it is reached by a link"
    if problem := next((row["problem"] for row in rows if row["problem"]), None):
        return problem
    held = {row["round_number"] for row in rows}
    if held != {number}:
        others = ", ".join(str(other) for other in sorted(held - {number, None}))
        return (
            f"it holds rows of round {others}, not {number} alone" if others else "it has no rows"
        )
    if rows[0]["unreadable_cells"]:
        return f"it holds cells that cannot be read, as {rows[0]['unreadable_example']}"
    own = [name for name in Layout.from_text(rows[0]["layout"]).types if name not in COLUMNS]
    return f"it has columns that would be lost: {', '.join(own)}" if own else None


def _sums(rows):
    """By round, how many rows there are and what they hold, as the manifest adds them up."""
    sums = defaultdict(lambda: (0, 0))
    for row in rows:
        count, content = sums[row["round_number"]]
        sums[row["round_number"]] = (count + row["row_count"], content + int(row["content_hash"]))
    return dict(sums)


def _write(connection, layouts, path):
    connection.execute(
        f"copy (from ({files_select(SUBMISSIONS, layouts)}) order by model_id, submitted_at) "
        f"to {text_literal(path)} "
        f"(format parquet, compression zstd, row_group_size {ROW_GROUP})"
    )
