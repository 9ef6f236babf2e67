"""Real builds in a folder of their own, and their marts as frames."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from kardashev.warehouse.environment import from_here
from kardashev.warehouse.invocation import PARSE, take_parse
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.lake_opening import load

PROJECT = Path(__file__).parents[2]
PARSES = {}  # of each project in this process
DBT_FILES = (
    *("dbt_project.yml", "profiles.yml"),
    *("models", "python_models", "macros", "seeds", "tests"),
)
PUBLISHING = "while publishing"
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
WITHOUT_TESTS = (*WITHOUT_UNIT_TESTS, "--exclude-resource-type", "test")
SILENT = ("--log-level", "none", "--log-level-file", "none")
PRINTED = ("--no-use-colors", "--log-level-file", "none")
WITHOUT_ARTIFACTS = ("--no-write-json",)
RECORDS = (  # of what is done
    *("int_files_read", "int_files_changed", "int_rounds_built", "int_target_days_built"),
)
BUILD_TIMES = {
    "scored_at",
    "checked_at",
    "recorded_at",
}  # wall time: differs between builds by design
BUILD_TIMES |= {
    "git_commit",
    "has_local_changes",
}  # of the project: one with rules of its own is no checkout
REPUTATIONS = {"reputation", "reputation_three_months", "reputation_all_time"}
STABILITIES = {"churn", "turnover", "neutral_churn", "max_churn", "max_turnover"}
STABILITIES |= {"mean_neutral_churn", "mean_member_churn", "mean_member_turnover"}
PAYOUTS = {
    *("payout_factor", "score_used", "retention", "payout_nmr", "pending_nmr", "change_nmr"),
    *(
        "paid_nmr",
        "burned_nmr",
        "net_nmr",
        "settled_nmr",
        "other_change_nmr",
        "account_pending_nmr",
    ),
    *(f"return_{w}" for w in ("one_year", "three_months", "all_time")),
    *(f"return_{w}" for w in ("one_day", "thirteen_weeks", "fifty_two_weeks")),
    *(f"payout_{w}_nmr" for w in ("one_year", "three_months", "all_time")),
}
PORTFOLIO = {"weight", "exposure", "dual", "residual", "worst_residual"}
CONTRIBUTION = {"standard_error", "half_sample_correlation"}
FUND = {
    *("portfolio_return", "trading_cost", "net_return", "capital_share"),
    *(f"{net}{name}" for net in ("", "net_") for name in ("cumulative_return", "drawdown")),
    *("sharpe_one_year", "net_sharpe_one_year", "swmm_corr_v4", "swmm_ic_v2"),
}
TYPES = {f"mean_{name}" for name in ("return", "net_return", "tc", "mpc", "corr")}
TYPES |= {f"{name}_{x}" for name in ("return", "net_return", "tc", "mpc") for x in "tp"}
TYPES |= {"stake_share", "better_mean_tc", "shortfall", "spearman", "mean_spearman_one_year"}
INDICATORS = {
    *("mean_spearman", "spearman_deviation", "mean_spearman_all_time", "mean_value"),
    *("mean_percentile", "changed_turnover", "unchanged_amount_share", "impact_cost"),
    *("mean_impact_per_root_usd", "capacity_usd", "relative_weight"),
}
FLOATING = {"value", "observed", *REPUTATIONS, *STABILITIES, *PAYOUTS, *PORTFOLIO, *CONTRIBUTION}
FLOATING |= FUND | TYPES | INDICATORS | {"sharpe", "consistency", "season_score", "score_sum"}
KEYS = {
    "fct_contract_results": ["round_number", "contract", "subject", "expectation", "model_id"],
    "fct_alerts": ["round_number", "model_id", "alert"],
    "fct_unusable_files": ["path"],
    "fct_submissions": ["round_number", "model_id"],
    "fct_stability": ["round_number", "model_id", "lag_round"],
    "fct_meta_model_stability": ["round_number", "meta_model", "lag_round"],
    "fct_stakes": ["round_number", "model_id"],
    "fct_payouts": ["round_number", "model_id"],
    "fct_pending_payouts": ["model_id"],
    "fct_payout_revisions": ["round_number", "model_id", "known_at"],
    "fct_round_payouts": ["round_number"],
    "fct_stakes_in_dollars": ["round_number"],
    "fct_stake_ledger": ["round_number", "model_id"],
    "fct_meta_models": ["round_number", "meta_model", "stock_id"],
    "fct_scores": ["round_number", "model_id", "score", "score_version", "target", "score_day"],
    "fct_score_revisions": [
        *("round_number", "model_id", "score", "score_version", "target", "score_day", "known_at")
    ],
    "fct_portfolios": ["round_number", "stock_id"],
    "fct_portfolio_exposures": ["round_number", "constraint_name"],
    "fct_portfolio_solutions": ["round_number"],
    "fct_true_contributions": [
        *("round_number", "model_id", "score_version", "target", "score_day", "known_at")
    ],
    "fct_fund_performance": ["round_number", "score_day"],
    "fct_signal_types": ["model_id", "as_of_date"],
    "fct_misplaced_stakes": ["as_of_date", "model_id"],
    "fct_underrated_models": ["as_of_date", "model_id"],
    "fct_contribution_indicators": ["round_number", "metric"],
    "fct_score_correlations": ["round_number", "metric", "other_metric", "reputation_window"],
    "fct_signal_decay": ["round_number", "metric", "score_day", "from_months"],
    "fct_meta_model_ages": ["round_number"],
    "fct_altered_trades": ["round_number", "model_id"],
    "fct_fund_costs": ["round_number", "fund_size_usd"],
    "fct_fund_capacity": ["round_number", "reputation_window"],
    "fct_diagnostics": [
        *("model_id", "metric", "score", "score_version", "target", "compared_with")
    ],
    "fct_diagnostics_by_era": [
        *("round_number", "model_id", "metric"),
        *("score", "score_version", "target", "compared_with"),
    ],
    "fct_replayed_stakes": [
        *("payout_rule", "first_round", "last_round", "round_number", "model_id")
    ],
    "fct_replayed_scores": [
        *("payout_rule", "first_round", "last_round", "round_number"),
        *("meta_model", "score", "score_version"),
    ],
    "fct_provenance": ["round_number"],
    "fct_provenance_files": ["round_number", "path"],
    "fct_provenance_rules": ["round_number", "rule_table", "rule_row"],
    "fct_season_standings": ["account_id", "season", "score", "as_of_date"],
    "leaderboard_models": ["model_id", "as_of_date", "score"],
    "leaderboard_accounts": ["account_id", "as_of_date", "score"],
    "leaderboard_seasons": ["account_id", "season", "score"],
    "dim_models": ["model_id"],
    "dim_rounds": ["round_number"],
    "dim_days": ["calendar_date"],
}


@dataclass(frozen=True)
class Parse:
    """What dbt makes of a project's files, and the file in which it keeps that."""

    manifest: Manifest
    file: Path


@dataclass
class Warehouse:
    """A landing, a warehouse and a published copy below one folder, built by a project."""

    folder: Path
    project: Path = PROJECT
    has_parquet: bool = False
    lake: Lake | None = None  # where it publishes, if not into a file
    built_marts: tuple = ()  # of a test that looks at few: these and what they need, and no copy of them

    @property
    def landing(self):
        return self.folder / "landing"

    @property
    def published(self):
        return self.folder / "published.duckdb"

    @property
    def parquet(self):
        return self.folder / "parquet"

    @property
    def database(self):
        return self.folder / "kardashev.duckdb"

    def environment(self, threads=1):
        places = {
            "KARDASHEV_LANDING": str(self.landing),
            "KARDASHEV_DB": str(from_here(self.database)),
            "KARDASHEV_PUBLISHED": str(self.lake or self.published),
            "KARDASHEV_THREADS": str(threads),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }
        parquet = {"KARDASHEV_PARQUET": str(self.parquet)} if self.has_parquet else {}
        return os.environ | places | parquet

    def command(self, *arguments, threads=1):
        dbt = Path(sys.executable).with_name("dbt")
        return [
            str(dbt),
            *arguments,
            "--threads",
            str(threads),
            "--project-dir",
            str(self.project),
            "--profiles-dir",
            str(self.project),
        ]

    def build(self, *arguments, threads=1, succeeds=True, is_tested=False, is_apart=False):
        """Runs `dbt build` from another folder and returns what it printed.

        Data tests run where ``is_tested``: in the clean build, and where one of them must fail. Elsewhere
        the marts are compared whole, which says more. Unit tests look at no data and have a test of their
        own. dbt runs in this process, where it is imported already, unless it is asked to run apart. What
        a person would see is printed only where the build must fail: it takes dbt long to say.
        """
        exclude = WITHOUT_UNIT_TESTS if is_tested else WITHOUT_TESTS
        select = (
            ["--select", *(f"+{name}" for name in self.built_marts)] if self.built_marts else []
        )
        if select and self.database.exists():
            select += RECORDS
        if select and is_tested:
            select += ["--indirect-selection", "cautious"]
        command = self.command("build", *exclude, *select, *arguments, threads=threads)
        if is_apart:
            has_succeeded, output = self._run_apart(command, self.environment(threads))
        else:
            options = [
                *(SILENT if succeeds else PRINTED),
                *(() if is_tested else WITHOUT_ARTIFACTS),
            ]
            has_succeeded, output = self._run_here([*options, *command[1:]], threads)
        if succeeds != has_succeeded:
            raise RuntimeError(f"dbt build did not end as it should:\n{output[-4000:]}")
        if succeeds and not self.built_marts and "--select" not in arguments:
            self.check_published()
        return output

    def dbt(self, *arguments):
        """Runs another command of dbt in this process; whether it succeeded, and what it printed."""
        return self._run_here([*PRINTED, *WITHOUT_ARTIFACTS, *self.command(*arguments)[1:]])

    def check_published(self):
        """What is published has the rows of the warehouse's marts, whatever part of it this build wrote."""
        content = "select count(*), sum(cast(hash(mart) as hugeint)) from {} as mart"
        sides = ["built.{}", "published.{}"]
        if self.has_parquet:
            sides.append(f"read_parquet('{self.parquet}/current/{{}}/*.parquet')")
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.database}' as built (read_only)")
            if self.lake:
                load(connection, self.lake)
            connection.execute(f"attach '{self.lake or self.published}' as published (read_only)")
            for name in KEYS:
                queries = [content.format(side.format(name)) for side in sides]
                if len({connection.execute(query).fetchone() for query in queries}) > 1:
                    raise RuntimeError(f"{name} is not published as it was built")

    def _run_here(self, arguments, threads=1):
        manifest = None if "--vars" in arguments else self._parsed()
        printed = io.StringIO()
        with self._as_dbt_does(self.environment(threads)), contextlib.redirect_stdout(printed):
            result = dbtRunner(manifest).invoke(arguments)
        messages = [n.message for n in getattr(result.result, "results", ()) if n.message]
        said = printed.getvalue() or "\n".join(messages)
        return result.success, f"{said}{result.exception or ''}"

    def _run_apart(self, command, environment):
        self._parsed()  # the new process finds it in the folder
        done = subprocess.run(
            command,
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout + done.stderr

    def _parsed(self):
        """dbt's manifest of the project, which is parsed once; what is kept of the parse is in the folder.

        A project with rules of its own is parsed from what was kept of another, but for its rules.
        """
        own = self.folder / "target" / PARSE
        if parsed := PARSES.get(self.project) or next(iter(PARSES.values()), None):
            take_parse(parsed.file, own)
        if self.project not in PARSES:
            with self._as_dbt_does(self.environment()):
                parsed = dbtRunner().invoke([*SILENT, *self.command("parse")[1:]])
            if not parsed.success:
                raise RuntimeError(f"dbt cannot parse {self.project}: {parsed.exception}")
            PARSES[self.project] = Parse(parsed.result, own)
        return PARSES[self.project].manifest

    @contextlib.contextmanager
    def _as_dbt_does(self, environment):
        former, folder = dict(os.environ), Path.cwd()
        os.environ.update(environment)
        os.chdir(self.folder)
        try:
            yield
        finally:
            DuckDBConnectionManager.close_all_connections()
            reset_adapters()
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(former)

    def query(self, sql):
        """Rows of the warehouse itself, internal tables included."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql):
        """Changes the warehouse itself, as no build would."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(sql)

    def marts(self):
        """Every published relation, or those that are built, sorted by its key."""
        file = self.database if self.built_marts else self.published
        with duckdb.connect(str(file), read_only=True) as connection:
            frames = {
                name: connection.table(name).to_arrow_table().to_pandas()
                for name in self.built_marts or KEYS
            }
        return {
            name: frame.sort_values(KEYS[name], ignore_index=True) for name, frame in frames.items()
        }


def with_rules(folder, **edits):
    """A warehouse of a project of its own, whose rule seeds are edited: name → (text → text)."""
    for name in DBT_FILES:
        if name != "seeds":
            (folder / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "seeds", folder / "seeds")
    for name, edit in edits.items():
        seed = folder / "seeds" / "rules" / f"{name}.csv"
        seed.write_text(edit(seed.read_text()))
    return Warehouse(folder, project=folder)


def assert_same_marts(found, expected):
    """Keys, statuses, ranks and dates identical; floating values to 1e-12."""
    assert found.keys() == expected.keys()
    for name, frame in expected.items():
        left = found[name].drop(columns=BUILD_TIMES, errors="ignore")
        right = frame.drop(columns=BUILD_TIMES, errors="ignore")
        exact = [c for c in right if c not in FLOATING]
        pd.testing.assert_frame_equal(left[exact], right[exact], check_exact=True, obj=name)
        for column in FLOATING & set(right):
            found_values, values = (frame[column].astype(float) for frame in (left, right))
            pd.testing.assert_series_equal(
                found_values, values, rtol=0, atol=1e-12, obj=f"{name}.{column}"
            )


def kill_build(warehouse, place):
    """Starts a build and kills it right after the model named is done, or amid publication."""
    command = warehouse.command("--log-format", "json", "build", *WITHOUT_TESTS, threads=1)
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
