"""A Dagster job: lands what came in, builds, and alerts. docs/orchestration.md says how to set it up.

It runs `kardashev` and `dbt` as commands, so Dagster may have an environment of its own.
"""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    ConfigurableResource,
    DefaultScheduleStatus,
    Definitions,
    Failure,
    ScheduleDefinition,
    get_dagster_logger,
    job,
    op,
)

PROJECT = Path(os.environ.get("KARDASHEV_PROJECT", ".")).absolute()
COMMANDS = Path(os.environ.get("KARDASHEV_COMMANDS", PROJECT / ".venv" / "bin"))
INBOX = Path(os.environ.get("KARDASHEV_INBOX", PROJECT / "inbox"))
TAKEN, DONE, TOLD = INBOX / "taken", INBOX / "done", INBOX / "told.json"
STAYS = "refused"  # told of at every run, until it is put right; other alerts are told of once
ALERTS = "select alert, round_number, model_id, reason from fct_alerts order by all"


class Notifier(ConfigurableResource):
    """Whom to tell. Put your own in its place: a mail, a webhook, a pager."""

    def tell(self, lines: list[str]):
        """Logs what it is told, and fails the op; what is landed and built stays."""
        for line in lines:
            get_dagster_logger().error(line)
        raise Failure(f"{len(lines)} things to look at, the first: {lines[0]}")


@op
def land() -> list[str]:
    """Lands each folder of the inbox that is named for a round; returns what was refused.

    A folder is renamed for its time of receipt before it is landed. So a run that was killed is done again
    with the same time by the next, and nothing is landed twice.
    """
    for folder in (TAKEN, DONE):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in sorted(INBOX.iterdir()):
        if folder.name.isdecimal():
            folder.rename(TAKEN / f"{folder.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    lines = []
    for folder in sorted(TAKEN.iterdir()):
        number, _, received_at = folder.name.partition(".")
        options = ("--round", number, "--received-at", received_at)
        done = _run("kardashev", "land", str(folder), *options)
        lines += [line for line in done.stderr.splitlines() if line.startswith("kardashev")]
        if done.stdout.startswith("landed"):  # else it is tried again by the next run
            folder.rename(DONE / folder.name)
    return lines


@op
def build(refused: list[str]) -> list[str]:
    """Builds what is due, whatever was refused; returns what there is to tell."""
    options = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
    done = _run("dbt", "build", "--quiet", "--exclude-resource-type", "unit_test", *options)
    if done.returncode == 0:
        return refused
    said = (done.stdout + done.stderr).strip().splitlines()
    return [*refused, f"dbt build ended with status {done.returncode}", *said]


@op
def alert(notifier: Notifier, lines: list[str]):
    """Tells of what was refused, of a build that failed, and of new rows of `fct_alerts`."""
    told = json.loads(TOLD.read_text()) if TOLD.exists() else []
    asked = _run("kardashev", "query", "--json", ALERTS)
    if asked.returncode:
        notifier.tell([*lines, asked.stderr.strip()])
        return
    rows = json.loads(asked.stdout)
    keys = [f"{row['alert']} {row['round_number']} {row['model_id']}".strip() for row in rows]
    lines = lines + [
        f"{key}: {row['reason'] or ''}"
        for key, row in zip(keys, rows, strict=True)
        if key not in told or row["alert"] == STAYS
    ]
    try:
        if lines:
            notifier.tell(lines)
    except Failure:  # it is said; with any other error it is not, and the next run tells again
        TOLD.write_text(json.dumps(keys))
        raise
    TOLD.write_text(json.dumps(keys))


@job
def land_build_alert():
    alert(build(land()))


definitions = Definitions(
    jobs=[land_build_alert],
    resources={"notifier": Notifier()},
    schedules=[
        ScheduleDefinition(
            job=land_build_alert,
            cron_schedule="*/30 * * * *",
            default_status=DefaultScheduleStatus.RUNNING,
        )
    ],
)


def _run(command, *arguments):
    found = subprocess.run(
        [str(COMMANDS / command), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    get_dagster_logger().info(f"{command} ended with {found.returncode}: {found.stdout[-2000:]}")
    return found
