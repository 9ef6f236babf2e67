"""What the environment names is checked before work begins, and read in one way."""

import os
from types import SimpleNamespace

import duckdb
import pytest
from dbt.adapters.duckdb.environments import Environment

from kardashev.errors import SettingError
from kardashev.warehouse import plugin
from kardashev.warehouse.environment import (
    DEFAULTS,
    PARQUET,
    WORKER,
    check_memory,
    check_places,
    check_threads,
    place,
)


@pytest.fixture
def places(tmp_path):
    """A landing, a warehouse, and where the published copy goes."""
    (tmp_path / "landing").mkdir()
    database = tmp_path / "warehouse" / "kardashev.duckdb"
    database.parent.mkdir()
    duckdb.connect(str(database)).close()
    return {
        "landing": tmp_path / "landing",
        "database": database,
        "published": tmp_path / "warehouse" / "published.duckdb",
    }


def refusal(**places):
    with pytest.raises(SettingError) as refused:
        check_places(**places)
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    return message


def test_places_in_order_are_accepted_and_made(places, tmp_path):
    places["published"] = tmp_path / "for" / "readers" / "published.duckdb"
    check_places(**places)
    assert places["published"].parent.is_dir()
    duckdb.connect(str(places["published"])).close()
    check_places(**places)


@pytest.mark.parametrize("way", ["itself", "relative", "link", "hard link", "linked folder", "new"])
def test_the_published_copy_is_never_the_warehouse_whatever_path_leads_to_it(
    places, tmp_path, monkeypatch, way
):
    database = places["database"]
    other = tmp_path / "other.duckdb"
    if way == "itself":
        other = database
    elif way == "relative":
        monkeypatch.chdir(tmp_path)
        other = tmp_path / "landing" / ".." / "warehouse" / "kardashev.duckdb"
    elif way == "link":
        other.symlink_to(database)
    elif way == "hard link":
        os.link(database, other)
    else:
        (tmp_path / "linked").symlink_to(database.parent)
        other = tmp_path / "linked" / "kardashev.duckdb"
        if way == "new":
            database.unlink()
    assert "KARDASHEV_PUBLISHED is the warehouse itself" in refusal(**places | {"published": other})


@pytest.mark.parametrize(
    ("name", "variable"), [("database", "KARDASHEV_DB"), ("published", "KARDASHEV_PUBLISHED")]
)
def test_what_is_written_is_a_file_of_its_own(places, tmp_path, name, variable):
    text = tmp_path / "notes.txt"
    text.write_text("what a person wrote, and wants to keep")
    assert refusal(**places | {name: tmp_path}).startswith(f"{variable} is a folder")
    assert "is no DuckDB file: it would be overwritten" in refusal(**places | {name: text})
    assert refusal(**places | {name: text / "below.duckdb"}).startswith(f"{variable}: ")
    assert text.read_text().startswith("what a person wrote")


def test_a_landing_that_is_no_folder_is_refused(places, tmp_path):
    assert "no landing at" in refusal(**places | {"landing": tmp_path / "nowhere"})


def test_parquet_goes_to_a_folder_of_its_own(places, tmp_path):
    check_places(**places, parquet=tmp_path / "for" / "readers")
    assert (tmp_path / "for" / "readers").is_dir()
    (tmp_path / "in_the_way" / "current").mkdir(parents=True)
    (tmp_path / "linked").symlink_to(places["landing"])
    (tmp_path / "file").touch()
    for folder, reason in (
        ("in_the_way", "current is in the way"),
        ("linked/scores", "is in the landing"),
        ("file", "cannot be used"),
    ):
        assert reason in refusal(**places, parquet=tmp_path / folder)


def test_no_parquet_is_written_unless_its_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv(PARQUET, raising=False)
    assert place(PARQUET, tmp_path) is None


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1.5", "٣", "1025", "9" * 30])
def test_threads_are_a_whole_number_from_1_to_1024(text):
    check_threads("2")
    with pytest.raises(SettingError, match="KARDASHEV_THREADS is"):
        check_threads(text)


@pytest.mark.parametrize("text", ["4", "GB", "-1GB", "80%", "4GB; drop", "٣GB"])
def test_memory_is_a_size(text):
    check_memory("")
    with duckdb.connect() as connection:
        for size in ("4GB", "2500MB", "1.5 GiB"):
            check_memory(size)
            connection.execute(f"set memory_limit = '{size}'")
    with pytest.raises(SettingError, match="KARDASHEV_MEMORY is"):
        check_memory(text)


@pytest.mark.parametrize("variable", DEFAULTS)
@pytest.mark.parametrize("text", ["", " ", ":memory:", "md:fund", "gs://bucket/landing"])
def test_a_place_is_a_path_on_this_machine(monkeypatch, tmp_path, variable, text):
    monkeypatch.setenv(variable, "a folder/with:colon")
    assert place(variable, tmp_path) == tmp_path / "a folder/with:colon"
    monkeypatch.setenv(variable, text)
    with pytest.raises(SettingError, match=f"^{variable} is "):
        place(variable, tmp_path)


def test_a_worker_has_its_own_settings_whatever_the_profile_says(monkeypatch, tmp_path):
    """dbt sets what the profile says for each cursor, after it has prepared the connection."""
    monkeypatch.setattr(plugin, "landing_folder", lambda: tmp_path)
    monkeypatch.setenv(WORKER["threads"], "1")
    connection, kardashev = duckdb.connect(), plugin.Plugin("kardashev", {})
    kardashev.configure_connection(connection)
    profile = SimpleNamespace(settings={"threads": "2"}, retries=None)
    cursor = Environment.initialize_cursor(profile, connection.cursor(), {"kardashev": kardashev})
    assert cursor.execute("select current_setting('threads')").fetchall() == [(1,)]
