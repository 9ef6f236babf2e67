"""What a DuckDB client of any version reads of the published file and of Parquet."""

import json
import sys
from pathlib import Path

import duckdb

published, parquet, joined = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
connection = duckdb.connect(published, read_only=True)


def value(query):
    return connection.execute(query).fetchone()[0]


marts = [
    name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
]
comments = (
    "select count(*) from duckdb_columns() where schema_name = 'main' and comment is not null"
)
answers = {
    "rows": {mart: value(f"select count(*) from {mart}") for mart in marts},
    "parquet_rows": {
        folder.name: value(f"select count(*) from '{folder}/*.parquet'")
        for folder in parquet.iterdir()
    },
    "joined": connection.execute(joined).fetchall(),
    "comments": value(comments),
}
print(json.dumps(answers))
