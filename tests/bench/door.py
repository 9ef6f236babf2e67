"""Many files at the door: CPU seconds to land a round of real size, to read it in each form, to compact it.

`make bench` runs it. 4,000 files of 5,000 rows, each a CSV or a Parquet file; sizes as arguments.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from clock import cpu, peak_gigabytes

from kardashev.landing.compaction import compact
from kardashev.landing.door import Door, land_folder
from kardashev.landing.listing import touched_files
from kardashev.landing.manifest import read_files
from kardashev.landing.views import create_views, point_views

FILES, ROWS = 4000, 5000
RECEIVED_AT = datetime(2026, 1, 4, tzinfo=UTC)
ROUNDS = """\
tournament,round_number,kind,era_date,open_at,close_at
house,1,live,2026-01-02,2026-01-03T13:00:00Z,2026-01-05T14:00:00Z
"""


def main(files=FILES, rows=ROWS):
    print(f"{files:,} files of {rows:,} rows")
    print(f"{'what':<44} {'wall s':>7} {'CPU s':>6} {'files':>6} {'MB':>5}")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        write_uploads(place, files, rows)
        measure_landing(place, "csv")
        together = measure_landing(place, "parquet")
        timed(
            "landed already: the same again",
            lambda: land_folder(together, place / "parquet", 1, RECEIVED_AT),
            together,
        )
        apart = landing(place, "one by one")
        door = Door(apart)
        timed("landed one by one, Parquet", lambda: one_by_one(door, place / "parquet"), apart)
        measure_reading("together", together)
        measure_reading("one by one", apart)
        for name, form in (("together", together), ("one by one", apart)):
            timed(f"compacted, landed {name}", lambda form=form: compact(form), form)
        measure_reading("compacted", apart)
    print(f"peak memory {peak_gigabytes():.1f} GB")


def write_uploads(place, files, rows):
    ids = pa.array([f"S{stock:05d} US" for stock in range(rows)])
    rng = np.random.default_rng(7)
    for form in ("csv", "parquet"):
        (place / form).mkdir()
    for model in range(files):
        table = pa.table({"numerai_ticker": ids, "signal": rng.random(rows)})
        pa_csv.write_csv(table, place / "csv" / f"model_{model:04d}.csv")
        pq.write_table(table, place / "parquet" / f"model_{model:04d}.parquet")


def landing(place, name):
    made = place / name
    (made / "rounds").mkdir(parents=True)
    (made / "rounds" / "rounds.csv").write_text(ROUNDS)
    return made


def measure_landing(place, form):
    made = landing(place, f"landed {form}")
    receipt = timed(
        f"landed from a folder, {form}",
        lambda: land_folder(made, place / form, 1, RECEIVED_AT),
        made,
    )
    assert not receipt.refused
    return made


def one_by_one(door, folder):
    for file in sorted(folder.iterdir()):
        door.land(file, 1, file.stem, RECEIVED_AT)


def listed(connection, made):
    return read_files(connection, made, touched_files(connection, made))


def measure_reading(name, made):
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        manifest = timed(f"manifest of what lies {name}", lambda: listed(connection, made), made)
        create_views(connection)
        rows = manifest.select(["table_name", "path", "layout"]).to_pylist()
        point_views(connection, made, ["submissions"], [tuple(row.values()) for row in rows])
        query = "create temp table read as select model_id, id, signal from landing.submissions"
        timed(f"rows read of what lies {name}", lambda: connection.execute(query), made)


def timed(what, function, made):
    began = time.monotonic()
    found, seconds = cpu(function)
    wall = time.monotonic() - began
    files = [path for path in (made / "submissions").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{what:<44} {wall:>7.1f} {seconds:>6.1f} {len(files):>6,} {size:>5.0f}", flush=True)
    return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
