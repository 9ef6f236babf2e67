"""Judging a round of 20M rows: CPU seconds of its profile and of its verdict, after a build has warmed up.

`make bench` runs it. 4,000 uploads of 5,000 stocks each, one in a hundred of them bad.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
from clock import cpu

from kardashev.contracts.judge import judge
from kardashev.contracts.profiles import long_profiles

PROJECT = Path(__file__).parents[2]
MODELS, STOCKS = 4000, 5000
KEYS = ["round_number", "model_key", "submitted_at"]

LANDING = {
    "rounds": """
        select 'house' as tournament, 1 as round_number, 'live' as kind, date '2026-01-02' as era_date,
            timestamptz '2026-01-03 13:00:00Z' as open_at,
            timestamptz '2026-01-05 14:00:00Z' as close_at
    """,
    "universe": f"""
        select 1 as round_number, format('S{{:05d}}', i) as stock_id, 1.0 as sample_weight,
            format('S{{:05d}}', i) as ticker
        from range({STOCKS}) as stocks (i)
    """,
    "submissions": f"""
        select 1 as round_number, format('m{{:04d}}', model) as model_id,
            timestamptz '2026-01-03 14:00:00Z' as submitted_at, 'ticker' as id_type,
            format('S{{:05d}}', stock) as id,
            if(model % 100 = 0 and stock = 7, 2, random()) as signal
        from range({MODELS}) as models (model), range({STOCKS}) as stocks (stock)
    """,
}


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for table, query in LANDING.items():
            path = folder / "landing" / table / "all.parquet"
            path.parent.mkdir(parents=True)
            duckdb.sql(query).write_parquet(str(path))
        environment = os.environ | {
            "KARDASHEV_LANDING": str(folder / "landing"),
            "KARDASHEV_DB": str(folder / "kardashev.duckdb"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }
        dbt = [str(Path(sys.executable).with_name("dbt")), "build", "--quiet"]
        select = ["--select", "+int_uploads_profiled", "--exclude", "resource_type:test"]
        select += ["resource_type:unit_test", "--project-dir", str(PROJECT)]
        select += ["--profiles-dir", str(PROJECT)]
        subprocess.run([*dbt, *select], env=environment, check=True)
        measure(folder)


def measure(folder):
    compiled = folder / "target/compiled/kardashev/models/submissions"
    query = (compiled / "int_uploads_profiled.sql").read_text()
    with duckdb.connect(str(folder / "kardashev.duckdb"), config={"threads": 2}) as connection:
        rows = len(connection.table("int_signals_matched"))
        expectations = connection.table("int_round_expectations").to_arrow_table()
        profile, profile_cpu = cpu(lambda: connection.sql(query).to_arrow_table())
    long = long_profiles([("submission", profile)], KEYS)
    judge(long.slice(0, 9), expectations, KEYS)  # the import is not counted
    verdicts, verdict_cpu = cpu(lambda: judge(long, expectations, KEYS))
    failed = verdicts.filter(pa.compute.invert(verdicts["success"])).num_rows
    print(f"{rows:,} rows, {len(profile):,} uploads, {len(verdicts):,} verdicts, {failed} against")
    print(f"{'stage':<10} {'CPU s':>6} {'share':>6}")
    for stage, seconds in (("profile", profile_cpu), ("verdict", verdict_cpu)):
        print(f"{stage:<10} {seconds:>6.2f} {seconds / (profile_cpu + verdict_cpu):>6.0%}")


if __name__ == "__main__":
    main()
