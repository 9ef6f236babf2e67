"""What polars reads: Parquet by itself, the published file through DuckDB."""

import json
import sys
from pathlib import Path

import duckdb
import polars as pl

published, parquet, joined = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
connection = duckdb.connect(published, read_only=True)
frames = {folder.name: pl.read_parquet(folder / "*.parquet") for folder in parquet.iterdir()}
answers = {
    "rows": {mart: connection.table(mart).pl().height for mart in frames},
    "parquet_rows": {mart: frame.height for mart, frame in frames.items()},
    "parquet_columns": {mart: frame.columns for mart, frame in frames.items()},
    "joined": [list(row) for row in pl.read_database(joined, connection).rows()],
}
print(json.dumps(answers))
