"""A folder of participants' files at the door: each is judged alone, those of good form land together.

The warehouse reads files of many uploads at a third of the cost of one file an upload.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from kardashev.errors import RefusedFileError
from kardashev.landing.door.door import Door, refusals_name
from kardashev.landing.files import write_landed
from kardashev.landing.uploads import free_name, moment_name, together_folder

BATCH_BYTES = 64 * 2**20  # of rows in memory: some 200 uploads of 5,000 stocks
SUFFIXES = (".csv", ".parquet", ".pq")
UNFINISHED = ".tmp"


@dataclass
class FolderReceipt:
    """What became of a folder's files.

    landed, landed_before : number of files landed now, and of those that were there already
    refused : a line for each refused file: its name and the reason
    passed_over : a line for each thing in the folder that is no participant's file
    """

    path: Path
    is_late: bool
    landed: int = 0
    landed_before: int = 0
    rows: int = 0
    refused: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def land_folder(
    landing: Path, folder: Path, round_number: int, received_at: datetime | None = None, begin=None
) -> FolderReceipt:
    """Land every file of a folder, each for the model it is named for.

    Files land in batches, each there whole or not at all. A run that ended early can be run again:
    with the same ``received_at``, what it landed is not landed twice.

    Parameters
    ----------
    landing, round_number, received_at : as for `Door`
    folder : its files are named for their models, as ``alice.csv``
    begin : called with the number of files and the time of receipt; what it returns is called after
        each file with the numbers of files done and refused

    Returns
    -------
    FolderReceipt

    Raises
    ------
    RefusedFileError
        When the folder has no file, or nothing can be landed for the round at this time.
    LandingError
        When the landing cannot be read or written. What was landed until then stays.
    """
    door, folder = Door(landing), Path(folder).absolute()
    with refusals_name(folder):
        submitted_at = door.admit(round_number, received_at)
        files, passed_over = _files(folder)
    batch = _Batch(door.landing, round_number, submitted_at)
    receipt = FolderReceipt(batch.folder, door.is_late(round_number, submitted_at))
    receipt.passed_over += passed_over
    step = begin(len(files), submitted_at) if begin else lambda *_: None
    files_of = Counter(file.stem for file in files)
    for done, file in enumerate(files, start=1):
        try:
            with refusals_name(file):
                _check_name(file, files_of)
                table = door.read(file, round_number, file.stem, submitted_at)
                landed = door.landed_before(table, round_number, file.stem, submitted_at)
        except RefusedFileError as error:
            receipt.refused.append(str(error))
        else:
            if landed is None:
                batch.add(table)
                receipt.landed += 1
                receipt.rows += table.num_rows
            else:
                receipt.landed_before += 1
        step(done, len(receipt.refused))
    batch.write()
    return receipt


def _files(folder):
    """The folder's files in order of their models, and a line for each other thing in it."""
    files, passed_over = [], []
    try:
        for path in sorted(folder.iterdir(), key=lambda path: (path.stem, path.name)):
            if why := _why_passed_over(path):
                passed_over.append(f"{path.name}: {why}")
            else:
                files.append(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RefusedFileError(
            f"it cannot be read ({reason}); check its path and permissions"
        ) from error
    if not files:
        raise RefusedFileError("it holds no files; name each for its model, as alice.csv")
    return files, passed_over


def _why_passed_over(path):
    if path.name.startswith("."):
        return "hidden"
    if path.name.lower().endswith(UNFINISHED):
        return "not finished"
    if path.is_dir():
        return "a folder"
    return None


def _check_name(file, files_of):
    if file.suffix.lower() not in SUFFIXES:
        raise RefusedFileError(
            f"its name ends in none of {', '.join(SUFFIXES)}; name it for its model, as alice.csv"
        )
    if files_of[file.stem] > 1:
        raise RefusedFileError(
            f"{files_of[file.stem]} files are of model {file.stem[:64]}; keep one"
        )


class _Batch:
    """Uploads on their way into one file, which is written when they are many."""

    def __init__(self, landing, round_number, submitted_at):
        self.landing, self.name = landing, moment_name(submitted_at)
        self.below = together_folder(round_number)
        self.folder = landing / self.below
        self.tables, self.bytes = [], 0

    def add(self, table):
        self.tables.append(table)
        self.bytes += table.nbytes
        if self.bytes >= BATCH_BYTES:
            self.write()

    def write(self):
        if self.tables:
            name = free_name(self.folder, self.name)
            write_landed(self.landing, self.below, name, pa.concat_tables(self.tables))
        self.tables, self.bytes = [], 0
