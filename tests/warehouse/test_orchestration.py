"""The job that Dagster runs, in an environment of its own: it lands, builds, and alerts of what is new."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import tournament
from harness import PROJECT

pytestmark = pytest.mark.long

JOB = PROJECT / "examples" / "orchestration" / "kardashev_job.py"
LATE, REFUSED = 20, 21  # the clock is beyond the others: nobody is told of them any more


@pytest.fixture(scope="module")
def dagster(tmp_path_factory):
    """Dagster's command; skips the tests where it cannot be fetched."""
    folder = tmp_path_factory.mktemp("dagster")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "dagster==1.13.*"]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"dagster: {installed.stderr.strip().splitlines()[-1]}")
    return folder / "bin" / "dagster"


@pytest.fixture
def run(clean, warehouse, dagster):
    """Runs the job over a copy of the clean warehouse; returns the exit status and what was said."""
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    (warehouse.folder / "inbox").mkdir()
    (warehouse.folder / "dagster").mkdir()
    environment = warehouse.environment() | {
        "KARDASHEV_DB": str(warehouse.database),
        "KARDASHEV_PROJECT": str(PROJECT),
        "KARDASHEV_COMMANDS": str(Path(sys.executable).parent),
        "KARDASHEV_INBOX": str(warehouse.folder / "inbox"),
        "DAGSTER_HOME": str(warehouse.folder / "dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }
    command = [dagster, "job", "execute", "--python-file", JOB, "--job", "land_build_alert"]

    def execute():
        done = subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return execute


def test_what_came_in_is_landed_and_built_and_what_is_new_is_told_once(warehouse, run):
    uploads = warehouse.folder / "inbox" / f"{LATE}"
    uploads.mkdir()
    signal = pd.Series(range(tournament.STOCKS)) / tournament.STOCKS
    upload = pd.DataFrame({"id": tournament.stock_ids(LATE), "prediction": signal})
    upload.to_csv(uploads / "newcomer.csv", index=False)
    (uploads / "damaged.csv").write_text("no,columns\n")
    for number in (LATE, REFUSED):
        tournament.land_round(warehouse.landing, number)
    universe = warehouse.landing / "universe" / f"{REFUSED}.parquet"
    whole = pd.read_parquet(universe)
    whole.head(50).to_parquet(universe, index=False)

    status, said = run()
    assert status != 0
    for step, ended in (("land", "SUCCESS"), ("build", "SUCCESS"), ("alert", "FAILURE")):
        assert f"{step} - STEP_{ended}" in said
    assert f"refused {REFUSED}: " in said
    assert f"late {LATE} newcomer: " in said
    assert "damaged.csv: " in said
    inbox = warehouse.folder / "inbox"
    assert [path.name.partition(".")[0] for path in (inbox / "done").iterdir()] == [f"{LATE}"]
    assert not list((inbox / "taken").iterdir())
    assert f"late {LATE} newcomer" in json.loads((inbox / "told.json").read_text())

    whole.to_parquet(universe, index=False)
    status, said = run()
    assert "build - STEP_SUCCESS" in said
    assert f"refused {REFUSED}" not in said
    assert f"late {LATE} newcomer" not in said
    built = warehouse.query("select max(round_number) from int_rounds_built")
    assert built == [(REFUSED,)]
