"""A build killed with SIGKILL at any place, then built again, ends in the marts of one clean build."""

import json
import shutil
import signal
import subprocess
import time

import pytest
import tournament
from harness import PROJECT, Warehouse, assert_same_marts

PUBLISHING = "while publishing"
FEW_PLACES = (  # the worklist is written; signals are; standings are; the ledger is; the copy half so
    *("int_rounds_due", "int_meta_models", "int_running_sums", "int_rounds_built", PUBLISHING),
)


def models_in_the_project():
    return sorted(
        path.stem
        for folder in ("models", "python_models")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in {".sql", ".py"}
    )


PLACES = [
    place if place in FEW_PLACES else pytest.param(place, marks=pytest.mark.long)
    for place in [*models_in_the_project(), PUBLISHING]
]


def kill_build(warehouse, place):
    """Starts a build and kills it right after the model named is done, or amid publication."""
    untested = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    command = warehouse.command("--log-format", "json", "build", *untested, threads=1)
    log = warehouse.folder / "build.jsonl"
    scratch = warehouse.published.with_name(f".{warehouse.published.name}.next")
    with log.open("w") as written, log.open() as events:
        process = subprocess.Popen(
            command, env=warehouse.environment(), cwd=warehouse.folder, stdout=written
        )
        try:
            while process.poll() is None:
                if scratch.exists() if place == PUBLISHING else is_done(events, place):
                    process.send_signal(signal.SIGKILL)
                    break
                time.sleep(0.001)
        finally:
            process.kill()
    assert process.wait() == -signal.SIGKILL, f"the build ended before it could be killed: {place}"


def is_done(events, model):
    """Whether the newest lines of a build's log say that a model is done."""
    start = events.tell()
    for line in iter(events.readline, ""):
        if not line.endswith("\n"):  # still being written
            events.seek(start)
            return False
        start = events.tell()
        event = json.loads(line)
        node = event.get("data", {}).get("node_info", {})
        if event["info"]["name"] == "LogModelResult" and node.get("node_name") == model:
            return True
    return False


@pytest.fixture(scope="module")
def half_landed(tmp_path_factory):
    """A warehouse of four rounds, built; the other two, a correction and a target day are still to come."""
    built = Warehouse(tmp_path_factory.mktemp("half"), has_parquet=True)
    tournament.land_all(built.landing, (1, 2, 4, 5))
    tournament.land_upload(built.landing, 4, "model_c", correction=1)
    built.build()
    return built


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_build_is_finished_by_the_next(warehouse, clean, half_landed, place):
    shutil.copytree(half_landed.folder, warehouse.folder, symlinks=True, dirs_exist_ok=True)
    warehouse.has_parquet = True
    former = warehouse.marts()
    shutil.rmtree(warehouse.landing)
    shutil.copytree(clean.landing, warehouse.landing)
    kill_build(warehouse, place)
    seen = warehouse.marts()  # people read the last whole publication
    assert_same_marts(seen, clean.marts() if place == "published_copy" else former)
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())


def test_a_file_taken_back_after_a_kill_leaves_nothing_behind(warehouse, half_landed):
    shutil.copytree(half_landed.folder, warehouse.folder, dirs_exist_ok=True)
    former = warehouse.marts()
    upload = tournament.land_upload(warehouse.landing, 4, "model_c", correction=2)
    kill_build(warehouse, "int_signal_ranks")
    tournament.land_upload(warehouse.landing, 4, "model_c", correction=1)
    assert upload.exists()
    warehouse.build()
    assert_same_marts(warehouse.marts(), former)
