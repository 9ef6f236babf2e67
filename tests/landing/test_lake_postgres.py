"""A lake with a real Postgres server as its catalog: the same marts, by password, read while they change."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pytest
from built import Built
from test_lake import said, watched

from kardashev.errors import WarehouseError
from kardashev.warehouse.environment import LAKE_DATA, LAKE_SCHEMA, PUBLISHED, place
from kardashev.warehouse.lake_opening import attached, check_lake
from kardashev.warehouse.reading import reading

pytestmark = pytest.mark.long

USER, PASSWORD = "keeper", "not-to-be-printed"
PUBLISHER = Path(__file__).with_name("lake_publisher.py")


def programs():
    """The folder of the server's programs; the test is skipped where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no postgres here: `.ci/postgres` installs it")
    return found[-1].parent


def as_keeper(*command):
    """Postgres does not run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"postgres does not start: {done.stderr.strip().splitlines()[-1]}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """What libpq needs to reach a server of our own, less the password."""
    bin_folder, port = programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="kardashev-postgres-"))
    password = folder / "password"
    password.write_text(PASSWORD)
    if os.getuid() == 0:
        for path in (folder, password):
            shutil.chown(path, "postgres")
    options = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1"
    data = ["-D", folder / "data"]
    initdb = [bin_folder / "initdb", *data, "-A", "scram-sha-256", "-U", USER]
    as_keeper(*initdb, f"--pwfile={password}")
    log = ["-l", folder / "log", "-w", "-o", options]
    as_keeper(bin_folder / "pg_ctl", *data, *log, "start")
    yield f"host=127.0.0.1 port={port} user={USER} dbname=postgres"
    as_keeper(bin_folder / "pg_ctl", *data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def lake(server, data, tmp_path, monkeypatch, request):
    """A schema of its own for each test, in one lake."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv(PUBLISHED, f"ducklake:postgres:{server}")
    monkeypatch.setenv(LAKE_SCHEMA, request.node.name[:30].removesuffix("_"))
    monkeypatch.setenv(LAKE_DATA, str(data))
    return place(PUBLISHED, tmp_path)


def marts(lake):
    with reading(lake) as connection:
        return {name: sorted(connection.table(name).fetchall()) for name in ("by_round", "whole")}


def held(built):
    return {name: sorted(built.connection.table(name).fetchall()) for name in built.marts}


@pytest.fixture
def built(lake):
    with duckdb.connect() as connection:
        warehouse = Built(connection, lake)
        assert warehouse.publish()["is_whole"]
        yield warehouse


def test_marts_are_published_and_only_what_changes_once_more(built):
    assert marts(built.copy) == held(built)
    for rounds, value in (((9,), 1), ((2, 4), 7), ((0, 9), None)):
        built.redo(*rounds, value=value)
        assert not built.publish()["is_whole"]
        assert marts(built.copy) == held(built)
    built.redo(value=None)
    assert built.publish()["replaced_count"] == 0


def test_each_read_of_a_client_is_of_one_publication_while_ten_pass(built):
    watched(built)


def test_a_publication_that_is_killed_leaves_the_former_one(built):
    before, lake = marts(built.copy), built.copy
    process = subprocess.Popen([sys.executable, PUBLISHER, lake.kind, lake.catalog, lake.schema])
    folder = lake.data / lake.schema / "by_round"
    former = len(list(folder.rglob("*.parquet")))
    while len(list(folder.rglob("*.parquet"))) < former + 150:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert marts(lake) == before
    built.redo(3, value=5)
    assert not built.publish()["is_whole"]
    assert marts(lake) == held(built)


def test_tournaments_that_are_published_at_once_do_not_hinder_each_other(built):
    lake = built.copy
    schemas = [f"tournament_{number}" for number in range(3)]
    processes = [
        subprocess.Popen([sys.executable, PUBLISHER, lake.kind, lake.catalog, schema])
        for schema in schemas
    ]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with duckdb.connect() as connection, attached(connection, lake, "lake") as cursor:
        for schema in schemas:
            query = f"select count(*) from lake.{schema}.by_round"
            assert cursor.execute(query).fetchone() == (300_009,)
    built.redo(3, value=5)
    assert not built.publish()["is_whole"]


@pytest.mark.parametrize("password", ["wrong-and-not-to-be-printed", None])
def test_a_wrong_password_is_one_line_without_it(built, monkeypatch, password):
    if password is None:
        monkeypatch.delenv("PGPASSWORD")
    else:
        monkeypatch.setenv("PGPASSWORD", password)
    refusals = [
        said(lambda: check_lake(built.copy, PUBLISHED)),
        said(built.publish),
        said(lambda: marts(built.copy)),
    ]
    for refusal in refusals:
        assert "127.0.0.1" in refusal
        assert "not-to-be-printed" not in refusal


def test_a_password_may_stand_in_the_file_that_libpq_reads(built, tmp_path, monkeypatch):
    monkeypatch.delenv("PGPASSWORD")
    file = tmp_path / "pgpass"
    file.write_text(f"*:*:*:{USER}:{PASSWORD}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    assert marts(built.copy) == held(built)


def test_a_new_lake_needs_a_folder_for_its_data(server, tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv(PUBLISHED, f"ducklake:postgres:{server.replace('postgres', 'template1')}")
    monkeypatch.delenv(LAKE_DATA, raising=False)
    refusal = said(lambda: check_lake(place(PUBLISHED, tmp_path), PUBLISHED))
    assert f"name a folder for its Parquet with {LAKE_DATA}" in refusal


def test_a_server_that_is_away_is_one_line(built, monkeypatch):
    gone = re.sub(r"port=\d+", "port=1", built.copy.catalog)
    monkeypatch.setenv(PUBLISHED, f"ducklake:postgres:{gone}")
    with pytest.raises(WarehouseError, match="cannot be read"):
        marts(place(PUBLISHED, Path()))
