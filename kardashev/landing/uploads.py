"""Where uploads lie below submissions/: one a file, or many of a round together in one.

    submissions/000812/alice/20240107T000000000000Z.parquet       one upload, as the door takes it
    submissions/000812.together/20240107T000000000000Z.1.parquet  many that came in a folder
    submissions/000812.together/compacted.1.parquet               all of a closed round

An upload is known by its round, model and time, so the door finds it again wherever it lies.
"""

from datetime import timedelta
from functools import lru_cache
from pathlib import PurePath

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kardashev.errors import LandingError
from kardashev.landing.calendar import EPOCH
from kardashev.landing.layouts import literal_path, reason, text_literal
from kardashev.landing.object_storage import opened, prepare

ROUND_DIGITS = 6  # at least
TOGETHER = ".together"
COMPACTED = "compacted"


def upload_folder(round_number, model_id):
    """Below the landing, the folder of a model's uploads to a round that came one by one."""
    return f"submissions/{round_number:0{ROUND_DIGITS}d}/{model_id}"


def together_folder(round_number):
    """Below the landing, the folder of a round's files of many uploads."""
    return f"submissions/{round_number:0{ROUND_DIGITS}d}{TOGETHER}"


def moment_name(submitted_at):
    """A time as the name of a file; names sort as times do."""
    return f"{submitted_at:%Y%m%dT%H%M%S%fZ}"


def folder_round(path_below):
    """The round that the door's folder of a file is for, None elsewhere; the path is below submissions/."""
    name = path_below.parts[0].removesuffix(TOGETHER)
    is_folder = len(path_below.parts) > 1 and name.isdecimal() and len(name) >= ROUND_DIGITS
    return int(name) if is_folder else None


def free_name(folder, stem):
    """The stem with the first number that no Parquet file of the folder has yet; without its suffix."""
    number = 1
    while (folder / f"{stem}.{number}.parquet").exists():
        number += 1
    return f"{stem}.{number}"


def uploads_together(landing, round_number):
    """The uploads of a round that lie together with others.

    Returns
    -------
    dict of (model_id, submitted_at) → Path of the file

    Raises
    ------
    LandingError
        When one of these files cannot be read.
    """
    folder = landing / together_folder(round_number)
    files = sorted(folder.glob("[!._]*.parquet"))
    if not files:
        return {}
    paths = ", ".join(text_literal(literal_path(path)) for path in files)
    query = (
        "select distinct file_name, model_id, epoch_us(submitted_at) "
        f"from read_parquet([{paths}], filename = 'file_name', hive_partitioning = false)"
    )
    try:
        with duckdb.connect() as connection:
            prepare(connection, folder)
            rows = connection.execute(query).fetchall()
    except duckdb.Error as error:
        raise LandingError(f"{folder} cannot be read: {reason(error)}") from error
    return {
        (model_id, EPOCH + timedelta(microseconds=moment)): folder / PurePath(path).name
        for path, model_id, moment in rows
    }


def read_upload(path, model_id, submitted_at) -> pa.Table:
    """The rows of one upload in a file of one or many; asked for model by model, a file is read once."""
    modified = path.stat().st_mtime_ns
    file = _file(path, modified)
    place = file.schema_arrow.get_field_index("model_id")
    groups = [file.schema_arrow.empty_table()]
    for group in range(file.num_row_groups):
        bounds = file.metadata.row_group(group).column(place).statistics
        if bounds is None or not bounds.has_min_max or bounds.min <= model_id <= bounds.max:
            groups.append(_row_group(path, modified, group))
    rows = pa.concat_tables(groups)
    is_model = pc.equal(rows["model_id"], model_id)
    return rows.filter(pc.and_(is_model, pc.equal(rows["submitted_at"], pa.scalar(submitted_at))))


@lru_cache(maxsize=2)
def _row_group(path, modified, group):
    return _file(path, modified).read_row_group(group, use_threads=False)


@lru_cache(maxsize=1)
def _file(path, _modified):
    return pq.ParquetFile(opened(path))
