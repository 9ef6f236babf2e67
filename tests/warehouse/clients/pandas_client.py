"""What pandas reads: Parquet by itself, the published file through DuckDB."""

import json
import sys
from pathlib import Path

import duckdb
import pandas as pd

published, parquet, joined = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
connection = duckdb.connect(published, read_only=True)
frames = {folder.name: pd.read_parquet(folder) for folder in parquet.iterdir()}
answers = {
    "rows": {mart: len(connection.table(mart).df()) for mart in frames},
    "parquet_rows": {mart: len(frame) for mart, frame in frames.items()},
    "parquet_columns": {mart: list(frame.columns) for mart, frame in frames.items()},
    "joined": connection.execute(joined).df().to_numpy().tolist(),
}
print(json.dumps(answers))
