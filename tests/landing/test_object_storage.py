"""A landing in object storage is read and written as a folder of the same files, or one line says why."""

import socket
from contextlib import contextmanager
from importlib import util

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.awsrequest import AWSResponse
from object_storage import BUCKET, HIDDEN, KEY_ID

from kardashev import cli
from kardashev.errors import KardashevError, LandingError, SettingError
from kardashev.landing.door import Door, land_folder
from kardashev.landing.files import write_landed
from kardashev.landing.layouts import read_layouts
from kardashev.landing.listing import changed_files, landed_files, listed_files, touched_files
from kardashev.landing.manifest import read_files
from kardashev.landing.object_storage import object_path, objects_below, prepare
from kardashev.landing.storage_client import client
from kardashev.warehouse.environment import LANDING, PUBLISHED, check_places, place

HOSTILE = (
    *("a b", "a[1]", "a*", "a?b", "a?s3_region=x", "a#b", "a%20b", "ü→", "a+b", "a&b=c", "it's"),
    *('a"b', "a;b", "a:b", "a\\b", "a{b}", "a@b,c", "tab\tb", "round_number=9"),
)
NOT_IN_CONTENT = ["size_bytes", "modified_ns", "inode", "changed_ns"]


@pytest.fixture
def landing(storage, tmp_path, monkeypatch):
    """An empty landing of each test's own."""
    for name, value in storage.environment.items():
        monkeypatch.setenv(name, value)
    return object_path(f"s3://{BUCKET}/{tmp_path.name}/of a?test")


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


class NoBody:
    def stream(self):
        return []


@contextmanager
def hooked(event, handler):
    events = client().meta.events
    events.register(event, handler)
    try:
        yield
    finally:
        events.unregister(event, handler)


@contextmanager
def requests_made():
    """The names of what is asked meanwhile."""
    names = []

    def note(model, **_):
        names.append(model.name)

    with hooked("before-call.s3", note):
        yield names


@contextmanager
def failing_at_first(times):
    """So many requests are answered with an error of the server."""
    failed = []

    def answer(request, **_):
        if len(failed) < times:
            failed.append(503)
            return AWSResponse(request.url, 503, {}, NoBody())
        return None

    with hooked("before-send.s3", answer):
        yield failed


def upload(round_number=1, model_id="alice", signals=(0.1, 0.9), moment="2024-01-05T12:00:00Z"):
    """Rows of submissions/, as Parquet."""
    table = pa.table(
        {
            "round_number": pa.array([round_number] * len(signals), pa.int32()),
            "model_id": [model_id] * len(signals),
            "submitted_at": pa.array([moment] * len(signals)),
            "id_type": ["id"] * len(signals),
            "id": [f"stock {place}" for place in range(len(signals))],
            "signal": pa.array(signals, pa.float64()),
        }
    )
    content = pa.BufferOutputStream()
    pq.write_table(table, content)
    return content.getvalue().to_pybytes()


def put(storage, landing, path, content):
    storage.put(f"{landing.key}/{path}", content)


def manifest_of(connection, landing, touched=None):
    touched = listed_files(landing) if touched is None else touched
    if "is_landed" not in touched.column_names:
        touched = touched_files(connection, landing)
    return read_files(connection, landing, touched).to_pandas().sort_values("path")


def test_what_is_read_is_what_a_folder_of_the_same_files_holds(
    storage, landing, connection, tmp_path
):
    folder = tmp_path / "landing"
    (folder / "submissions").mkdir(parents=True)
    (folder / "factors").mkdir()
    for number, name in enumerate(HOSTILE):
        (folder / "submissions" / f"{name}.parquet").write_bytes(upload(number, "m", (number, 1)))
    (folder / "submissions" / "x.csv").write_text(
        "round_number,model_id,submitted_at,id_type,id,signal\n7,bob,2024-01-05 12:00:00,id,a,0.5\n"
    )
    (folder / "submissions" / "damaged.parquet").write_bytes(upload()[:-9] + b"nonsense!")
    (folder / "submissions" / "empty.csv").write_bytes(b"")
    (folder / "submissions" / "note.txt").write_text("no table")
    (folder / "submissions" / "_passed.parquet").write_bytes(b"over")
    wide = {
        f"factor_{place}": [0.5, place] for place in range(400)
    }  # a footer beyond what is fetched
    keys = {"round_number": pa.array([7, 7], pa.int32()), "stock_id": ["a", "b"]}
    pq.write_table(pa.table(keys | wide), folder / "factors" / "wide.parquet")
    storage.put_folder(folder, landing.key)
    found, expected = (manifest_of(connection, place) for place in (landing, folder))
    expected["problem"] = expected["problem"].str.replace(str(folder), str(landing))
    assert len(found.dropna(subset="problem")) == 3
    pd.testing.assert_frame_equal(
        *(side.drop(columns=NOT_IN_CONTENT).reset_index(drop=True) for side in (found, expected))
    )


def test_a_name_that_no_path_can_have_is_listed_and_cannot_be_used(storage, landing, connection):
    put(storage, landing, "submissions/a//b.parquet", upload())
    put(storage, landing, "submissions/a/b.parquet", upload(2))
    storage.put(f"{landing.key}/submissions/folder/", b"")
    found = manifest_of(connection, landing)
    assert found["path"].tolist() == ["submissions/a/\\x2fb.parquet", "submissions/a/b.parquet"]
    assert found["problem"].tolist()[0] == "there is no object of this name"
    assert found["round_number"].tolist()[1] == 2


def test_thousands_of_files_are_listed_a_page_at_a_time(storage, landing):
    keys = [f"{landing.key}/submissions/{number:04}.parquet" for number in range(4500)]
    storage.put_many(keys, b"x")
    with requests_made() as requests:
        files = landed_files(landing, "submissions")
    assert [path.name for path in files] == [f"{number:04}.parquet" for number in range(4500)]
    assert requests == ["ListObjectsV2"] * 5


def test_a_file_is_touched_if_size_time_or_etag_differ_and_else_not(storage, landing, connection):
    for name in ("same", "changed", "gone"):
        put(storage, landing, f"submissions/{name}.parquet", upload(1, name))
    manifest = connection.from_arrow(
        read_files(connection, landing, touched_files(connection, landing))
    )
    assert len(touched_files(connection, landing, manifest)) == 0
    # Of one size, and as a rule in the same second.
    put(storage, landing, "submissions/changed.parquet", upload(1, "changed", (0.2, 0.9)))
    put(storage, landing, "submissions/new.parquet", upload(1, "new"))
    storage.delete(f"{landing.key}/submissions/gone.parquet")
    touched = touched_files(connection, landing, manifest).to_pandas()
    states = {row.path: row.is_landed for row in touched.itertuples()}
    assert states == {
        "submissions/changed.parquet": True,
        "submissions/new.parquet": True,
        "submissions/gone.parquet": False,
    }
    changed = changed_files(landing, manifest)["path"].to_pylist()
    assert changed == ["submissions/changed.parquet", "submissions/gone.parquet"]


def test_what_changed_is_asked_in_one_listing_of_what_was_read(storage, landing, connection):
    for number in (7, 8):
        for model in range(30):
            put(storage, landing, f"submissions/{number:06}/{model}/x.parquet", upload(number))
    listed = connection.from_arrow(listed_files(landing)).filter("path like '%000008%'")
    with requests_made() as requests:
        assert not len(changed_files(landing, listed))
    assert requests == ["ListObjectsV2"]


def test_a_file_that_changes_or_goes_while_it_is_read_cannot_be_used(storage, landing, connection):
    for name in ("changed", "gone"):
        put(storage, landing, f"submissions/{name}.parquet", upload(1, name))
    touched = touched_files(connection, landing)
    put(storage, landing, "submissions/changed.parquet", upload(2, "changed"))
    storage.delete(f"{landing.key}/submissions/gone.parquet")
    found = manifest_of(connection, landing, touched)
    assert found["problem"].tolist() == [
        "it changed while it was read: build again",
        "there is no object of this name",
    ]


def test_what_is_overwritten_after_it_was_read_is_never_read_half(storage, landing, connection):
    """DuckDB has one of both, or fails; either way the build's last listing names the file."""
    put(storage, landing, "submissions/a.parquet", upload(1, "alice", range(40_000)))
    prepare(connection, landing)
    query = f"select sum(signal), sum(round_number) from read_parquet('{landing}/submissions/a.parquet')"
    first = connection.execute(query.replace(", sum(round_number)", ""))
    assert first.fetchone() == (sum(range(40_000)),)
    listed = connection.from_arrow(listed_files(landing))
    put(storage, landing, "submissions/a.parquet", upload(2, "alice", range(1, 40_001)))
    try:
        whole = {(sum(range(n, n + 40_000)), (n + 1) * 40_000) for n in (0, 1)}
        assert connection.execute(query).fetchone() in whole
    except (duckdb.Error, UnicodeDecodeError):  # bytes of one file at the places of another's
        pass
    assert changed_files(landing, listed)["path"].to_pylist() == ["submissions/a.parquet"]


def test_a_compaction_that_was_copied_before_its_end_is_named(storage, landing):
    put(storage, landing, "submissions/000001.together/_compacted.1.parquet.replaces", b"{}")
    with pytest.raises(LandingError, match="run `kardashev compact` on the folder"):
        landed_files(landing, "submissions")


# The door


def land_rounds(landing):
    write_landed(
        landing,
        "rounds",
        "calendar",
        pa.table(
            {
                "tournament": ["house"],
                "round_number": pa.array([1], pa.int32()),
                "kind": ["live"],
                "era_date": pa.array(["2024-01-05"]).cast(pa.date32()),
                "open_at": pa.array(["2024-01-05T00:00:00Z"]).cast(pa.timestamp("us", tz="UTC")),
                "close_at": pa.array(["2024-01-08T00:00:00Z"]).cast(pa.timestamp("us", tz="UTC")),
            }
        ),
    )


def test_the_door_lands_a_file_once(storage, landing, tmp_path, capsys):
    land_rounds(landing)
    (tmp_path / "mine.csv").write_text("id,prediction\na,0.1\nb,0.9\n")
    command = ["land", str(tmp_path / "mine.csv"), "--round", "1", "--model", "alice"]
    command += ["--received-at", "2024-01-06T14:00:00Z", "--landing", str(landing)]
    assert cli.main(command) == 0
    assert "landed 2 rows by id in s3://" in capsys.readouterr().out
    assert cli.main(command) == 0
    (key,) = storage.keys(f"{landing.key}/submissions/")
    assert key.endswith("submissions/000001/alice/20240106T140000000000Z.parquet")
    (tmp_path / "mine.csv").write_text("id,prediction\na,0.2\nb,0.9\n")
    assert cli.main(command) == 2
    assert "another file of alice is landed" in capsys.readouterr().err


def test_the_door_lands_a_folder_once(storage, landing, tmp_path):
    land_rounds(landing)
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    for model in ("alice", "bob", "carol"):
        (uploads / f"{model}.csv").write_text(f"id,prediction\na,0.1\nb,0.{len(model)}\n")
    door = Door(landing)
    received_at = door.admit(1, None)
    receipt = land_folder(landing, uploads, 1, received_at)
    assert (receipt.landed, receipt.landed_before, receipt.refused) == (3, 0, [])
    (uploads / "dave.csv").write_text("id,prediction\na,0.1\nb,0.9\n")
    receipt = land_folder(landing, uploads, 1, received_at)
    assert (receipt.landed, receipt.landed_before, receipt.refused) == (1, 3, [])
    assert len(storage.keys(f"{landing.key}/submissions/000001.together/")) == 2


@pytest.mark.parametrize(
    "command",
    [
        ["compact"],
        ["demo"],
        ["market", "--prices", "p.csv", "--securities", "s.csv"],
        ["ingest", "signals", "files"],
        ["ingest", "history", "a.json", "--tournament", "classic"],
    ],
)
def test_what_writes_many_files_asks_for_a_folder_in_one_line(
    landing, monkeypatch, capsys, command
):
    monkeypatch.setenv(LANDING, str(landing))
    assert cli.main(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "needs a folder" in line
    assert f"copy what is in it to {landing}" in line


def test_the_status_says_what_is_landed(storage, landing, tmp_path, capsys):
    land_rounds(landing)
    put(storage, landing, "submissions/a.parquet", upload())
    places = ["--landing", str(landing), "--database", str(tmp_path / "none.duckdb")]
    assert cli.main(["status", *places, "--published", str(tmp_path / "none.duckdb")]) == 0
    assert f"{landing}: 2 files" in " ".join(capsys.readouterr().out.split())


# What is refused before a build begins


def refusal(tmp_path, text, monkeypatch):
    monkeypatch.setenv(LANDING, text)
    with pytest.raises(KardashevError) as refused:
        check_places(place(LANDING, tmp_path), tmp_path / "a.duckdb", tmp_path / "b.duckdb")
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    assert not any(secret in message for secret in (*HIDDEN, KEY_ID))
    return message


def test_only_the_landing_may_be_in_object_storage(landing, monkeypatch, tmp_path):
    monkeypatch.setenv(PUBLISHED, str(landing))
    with pytest.raises(SettingError, match="give a path on this machine"):
        place(PUBLISHED, tmp_path)


def test_a_landing_names_a_bucket_that_is_there_and_holds_something(
    storage, landing, monkeypatch, tmp_path
):
    assert "names no bucket" in refusal(tmp_path, "s3://", monkeypatch)
    assert "there is no bucket elsewhere" in refusal(tmp_path, "s3://elsewhere/x", monkeypatch)
    assert f"no landing at {landing}" in refusal(tmp_path, str(landing), monkeypatch)
    put(storage, landing, "rounds/a.csv", b"x")
    monkeypatch.setenv(LANDING, f"{landing}/")
    check_places(place(LANDING, tmp_path), tmp_path / "a.duckdb", tmp_path / "b.duckdb")


def test_what_is_not_installed_is_named(landing, monkeypatch, tmp_path):
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    assert "pip install 'kardashev[s3]'" in refusal(tmp_path, str(landing), monkeypatch)


def test_wrong_credentials_are_one_line(storage, landing, monkeypatch, tmp_path):
    with storage.asking_who():
        assert "check the credentials" in refusal(tmp_path, str(landing), monkeypatch)


def test_no_credentials_are_one_line(landing, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "AWS_ACCESS_KEY_ID" in refusal(tmp_path, str(landing), monkeypatch)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "needs credentials" in refusal(tmp_path, str(landing), monkeypatch)


def test_no_network_is_one_line(landing, monkeypatch, tmp_path):
    with socket.socket() as taken:  # and never listens
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert "cannot be reached" in refusal(tmp_path, str(landing), monkeypatch)


def test_what_fails_for_a_moment_is_asked_again(storage, landing):
    put(storage, landing, "rounds/a.csv", b"x")
    with failing_at_first(2) as failed:
        assert len(objects_below(landing)) == 1
    assert failed == [503, 503]


def test_an_outage_while_files_are_read_makes_no_file_unusable(
    storage, landing, connection, monkeypatch
):
    put(storage, landing, "submissions/a.parquet", upload())
    touched = touched_files(connection, landing)
    prepare(connection, landing)
    connection.execute("set http_retries = 0")
    with storage.asking_who(), pytest.raises(LandingError, match="check the credentials"):
        read_files(connection, landing, touched)
    path = landing / "submissions" / "a.parquet"
    layouts, _ = read_layouts(connection, [path])
    content = path.read()
    monkeypatch.setattr(type(path), "read", lambda *_, **__: content)  # DuckDB alone meets it
    connection.execute("set enable_http_metadata_cache = false")
    with storage.asking_who(), pytest.raises(LandingError, match="403"):
        read_files(connection, landing, touched)
    with storage.asking_who(), pytest.raises(LandingError, match="403"):
        read_layouts(connection, layouts)


def test_credentials_that_are_renewed_take_the_place_of_the_former(
    storage, landing, connection, monkeypatch
):
    def known():
        return connection.execute("select secret_string from duckdb_secrets()").fetchall()

    put(storage, landing, "submissions/a.parquet", upload())
    prepare(connection, landing)
    former = known()
    prepare(connection.cursor(), landing)
    assert known() == former
    assert f"key_id={KEY_ID};" in former[0][0]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIARENEWED")
    prepare(connection.cursor(), landing)
    ((renewed,),) = known()
    assert "key_id=AKIARENEWED;" in renewed


def test_duckdb_keeps_credentials_in_memory_and_shows_none(storage, landing, tmp_path):
    file = tmp_path / "warehouse.duckdb"
    put(storage, landing, "submissions/a.parquet", upload())
    with duckdb.connect(str(file)) as connection:
        prepare(connection, landing)
        source = f"read_parquet('{landing}/submissions/a.parquet')"
        connection.execute(f"create view landed as select * from {source}")
        assert connection.execute("select count(*) from landed").fetchone() == (2,)
        shown = str(connection.execute("from duckdb_secrets()").fetchall())
        shown += str(connection.execute("from duckdb_settings()").fetchall())
    assert not any(secret in shown for secret in HIDDEN)
    content = file.read_bytes()
    assert not any(secret.encode() in content for secret in (*HIDDEN, KEY_ID))
