"""A build over object storage ends in the marts of the same files in a folder, and tells no credentials."""

import re
from dataclasses import dataclass

import pandas as pd
import pytest
import tournament
from harness import Warehouse, assert_same_marts
from object_storage import BUCKET, HIDDEN, KEY_ID, ObjectStorage
from test_backfill import Backfill

from kardashev import cli

CHANGED_ROUND = 6
PREFIX = "fund/landing of 2026"
NOISE = re.compile(r"(0\.0e\+00|\d\.\de-1[5-9]).*")  # of an audit's gaps, and where it is largest
BUILT_BY = "formulas"  # a line of the audit: commit and local changes, which another build may have


@dataclass
class StoredWarehouse(Warehouse):
    """Its landing is in object storage."""

    storage: ObjectStorage = None
    prefix: str = PREFIX

    def environment(self, threads=1):
        landing = {"KARDASHEV_LANDING": f"s3://{BUCKET}/{self.prefix}"}
        return super().environment(threads) | self.storage.environment | landing


@pytest.fixture(scope="module")
def built(clean, storage, tmp_path_factory):
    """Built from the files of the clean warehouse, with all that dbt can log; and what was printed."""
    storage.put_folder(clean.landing, PREFIX)
    warehouse = StoredWarehouse(tmp_path_factory.mktemp("stored"), storage=storage)
    return warehouse, warehouse.build("--log-level-file", "debug", threads=2, is_apart=True)


def test_the_marts_are_those_of_the_same_files_in_a_folder(built, clean):
    warehouse, _ = built
    assert_same_marts(warehouse.marts(), clean.marts())


def test_no_file_and_no_line_holds_the_credentials(built):
    warehouse, printed = built
    files = [path for path in warehouse.folder.rglob("*") if path.is_file()]
    assert {"dbt.log", "kardashev.duckdb", "published.duckdb"} <= {path.name for path in files}
    for secret in (*HIDDEN, KEY_ID):
        assert secret not in printed
        assert [path for path in files if secret.encode() in path.read_bytes()] == []


@pytest.mark.long
def test_the_workers_of_a_backfill_read_it(clean, storage, tmp_path):
    warehouse = StoredWarehouse(tmp_path, storage=storage, prefix="fund/landing of a backfill")
    storage.put_folder(clean.landing, warehouse.prefix)
    status, said = Backfill(warehouse, "--slice-rounds", "3").wait()
    assert status == 0, said
    assert "in 2 slices" in said
    assert_same_marts(warehouse.marts(), clean.marts())
    files = [path for path in warehouse.folder.rglob("*") if path.is_file()]
    for secret in (*HIDDEN, KEY_ID):
        assert secret not in said
        assert [path for path in files if secret.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "command",
    [
        ["audit", "--round", "2"],
        ["export", "universe", "--round", "2"],
        ["contribution", "model_a", "--round", "6"],
    ],
)
def test_commands_read_it_as_a_folder(built, clean, monkeypatch, capsys, command):
    warehouse, _ = built
    told = []
    for side in (warehouse, clean):
        for name, value in side.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("KARDASHEV_DB", str(side.database))
        assert cli.main(command) == 0
        lines = capsys.readouterr().out.replace(str(side.folder), "").splitlines()
        told.append([NOISE.sub("", line) for line in lines if BUILT_BY not in line])
    assert told[0] == told[1]


def test_a_file_is_checked_beside_a_folder_only(built, tmp_path, monkeypatch, capsys):
    warehouse, _ = built
    for name, value in warehouse.environment().items():
        monkeypatch.setenv(name, value)
    (tmp_path / "mine.csv").write_text("id,prediction\nS0010,0.1\nS0011,0.9\n")
    command = ["check", str(tmp_path / "mine.csv"), "--round", "6", "--model", "model_a"]
    assert cli.main([*command, "--received-at", "2026-02-14T15:00:00Z"]) == 2
    assert "copy it to a folder" in capsys.readouterr().err


def test_one_changed_file_makes_its_round_due_and_no_other(built, storage, clean, tmp_path):
    warehouse, _ = built
    rows = pd.read_parquet(clean.landing / "stakes" / f"{CHANGED_ROUND}.parquet")
    rows["stake_nmr"] *= 2
    path = tournament.write(rows, tmp_path, "stakes", CHANGED_ROUND)
    storage.put(f"{PREFIX}/stakes/{path.name}", path.read_bytes())
    warehouse.build()
    assert warehouse.query("select path from int_files_touched") == [(f"stakes/{path.name}",)]
    due = warehouse.query("select round_number from int_rounds_due where is_changed")
    assert due == [(CHANGED_ROUND,)]
    doubled, stakes = (
        side.marts()["fct_stakes"].groupby("round_number")["stake_nmr"].sum()
        for side in (warehouse, clean)
    )
    stakes[CHANGED_ROUND] *= 2
    assert doubled.to_dict() == pytest.approx(stakes.to_dict())
