"""Clients that people have read what is published: each in an environment of its own, made for the test."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.long

CLIENTS = Path(__file__).with_name("clients")
JOINED = """
    select display_name, kind, count(*) as scores
    from fct_scores
    inner join dim_models using (model_id)
    inner join dim_rounds using (round_number)
    group by all order by all
"""


def run(*command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def install(*command, folder):
    """Skips the test, with the last line that was said, where what it needs cannot be fetched."""
    installed = run(*command, folder=folder)
    if installed.returncode:
        said = (installed.stderr or installed.stdout).strip().splitlines()
        pytest.skip(f"{command[-1]}: {said[-1]}")


def answers(clean, *command, folder):
    """What a client's program prints of the published file, Parquet and the join."""
    current = (clean.parquet / "current").resolve()
    done = run(*command, str(clean.published), str(current), JOINED, folder=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def expected(clean):
    """By the DuckDB that published."""
    with duckdb.connect(str(clean.published), read_only=True) as connection:
        marts = connection.execute("select table_name from duckdb_tables()").fetchall()
        rows = {name: len(connection.table(name)) for (name,) in marts}
        comments = "select count(comment) from duckdb_columns() where schema_name = 'main'"
        return {
            "rows": rows,
            "parquet_rows": rows,
            "parquet_columns": {name: connection.table(name).columns for name in rows},
            "joined": [list(row) for row in connection.execute(JOINED).fetchall()],
            "comments": connection.execute(comments).fetchone()[0],
        }


@pytest.mark.parametrize(
    ("client", "packages"),
    [
        ("duckdb", ["duckdb==1.1.3"]),
        ("duckdb", ["duckdb==1.4.*"]),
        ("duckdb", ["duckdb"]),
        ("sqlalchemy", ["duckdb", "duckdb-engine", "sqlalchemy==1.4.*"]),  # as Superset has it
        ("sqlalchemy", ["duckdb", "duckdb-engine", "sqlalchemy==2.0.*"]),
        ("pandas", ["duckdb", "pyarrow", "pandas"]),
        ("polars", ["duckdb", "pyarrow", "polars"]),
    ],
    ids=lambda value: value if isinstance(value, str) else value[-1],
)
def test_a_python_client_reads_what_is_published(clean, expected, tmp_path, client, packages):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install(python, "-m", "pip", "install", "--quiet", *packages, folder=tmp_path)
    found = answers(clean, python, CLIENTS / f"{client}_client.py", folder=tmp_path)
    assert found["joined"]
    assert found == {question: expected[question] for question in found}


def test_evidence_reads_the_published_file(clean, expected, tmp_path):
    if not shutil.which("npm"):
        pytest.skip("no npm")
    install("npm", "install", "--prefix", tmp_path, "@evidence-dev/duckdb", folder=tmp_path)
    program = shutil.copy(CLIENTS / "evidence_client.cjs", tmp_path)
    assert answers(clean, "node", program, folder=tmp_path)["joined"] == expected["joined"]
