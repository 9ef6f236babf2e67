"""The command that replays rounds: checks what is asked, works in a scratch copy, says what came of it."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import yaml

from kardashev.errors import WarehouseError
from kardashev.landing.listing import changed_files
from kardashev.replay.other_stakes import RESTAKED, check_stakes, read_stakes, restake
from kardashev.replay.part import Part, replay_part
from kardashev.replay.queries import make_table, read_sql
from kardashev.replay.recursion import GIVEN, LANDED
from kardashev.replay.results import (
    TABLES,
    WHAT_IF,
    check_out,
    land_replays,
    print_report,
    print_what_if,
    write_out,
)
from kardashev.replay.staked_rounds import STAKE_BOUND
from kardashev.warehouse.environment import PUBLISHED, place
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.reading import reading
from kardashev.warehouse.scratch import scratch_warehouse
from kardashev.workers import LOCAL, results

FROZEN = "frozen"
RULES = (
    "payout_rules",
    "payout_terms",
)  # seeds, taken as they are now; all else is as it was built
PREPARED = (  # models that builds drop the rows of old rounds of, and those that these are made from
    *("int_landing_narrowed", "int_column_scans"),
    *("int_stock_identifiers", "int_universe", "int_signals_matched", "int_signals_ranked"),
    *("int_loadings_known", "int_loadings_due", "int_factor_columns", "int_factor_loadings"),
    *("int_signal_ranks", "int_neutral_norms"),
)
VIEWS = (
    "int_round_terms",
    "int_model_terms",
)  # of what rules pay on: an older version may have built them


@dataclass(frozen=True)
class Asked:
    """What to replay: rounds from first to last, under each of the rules.

    given : stakes that are tried beside the landed ones; None: payouts move the stakes
    """

    first: int
    last: int
    rules: tuple[str, ...]
    given: pa.Table | None = None

    @property
    def span(self):
        """Parameters of queries."""
        return {"first": self.first, "last": self.last}

    @property
    def tables(self):
        """Of the result."""
        return TABLES if self.given is None else WHAT_IF

    @property
    def stakes_table(self):
        """The stakes with which a round is entered."""
        return "replay_stakes" if self.given is None else "what_if_stakes"

    @property
    def replays(self):
        """One with frozen stakes and one under each rule, or two under each rule: landed and given."""
        bounds = {"first_round": self.first, "last_round": self.last}
        if self.given is not None:
            return [
                {"payout_rule": name, "stakes_of": stakes} | bounds
                for name in self.rules
                for stakes in (LANDED, GIVEN)
            ]
        return [{"payout_rule": name} | bounds for name in (FROZEN, *self.rules)]


def replay(
    project,
    landing,
    database,
    first,
    last,
    rules,
    progress,
    out=None,
    is_landed=False,
    stakes=None,
    workers=1,
    engine=LOCAL,
    as_json=False,
):
    """Replays rounds under payout rules beside frozen stakes, and prints what came of it.

    With stakes of one's own nothing compounds: every round has its landed stakes, and beside them the same
    with the given ones in place of some.

    The warehouse is read only: the replay works in a copy of it, which is removed afterwards.

    Parameters
    ----------
    project : Path of the dbt project
    landing, database : Path
    first, last : int, round numbers
    rules : sequence of str, names in ``payout_rules``
    progress : function of one line
    out : Path of a DuckDB file, or of a folder for Parquet files, to write the result to; None: nowhere
    is_landed : bool, whether the result is landed, so that the next build publishes it; not with stakes
    stakes : Path of a file as `kardashev.replay.other_stakes.read_stakes` takes it, or None
    workers : int, how many replays run at the same time; with one they share what they read of a round
    engine : as `kardashev.workers.results` takes it
    as_json : bool, how it is printed

    Raises
    ------
    SettingError
        When ``out`` cannot be written, or is the warehouse.
    LandingError
        When the file of stakes is not as it must be.
    WarehouseError
        When warehouse or landing cannot be read, a rule or the rounds are unknown, rounds do not stand as
        they are landed, a rule pays on what the rounds do not score or a replay cannot take, or dbt does
        not prepare the rounds.
    """
    given = None if stakes is None else read_stakes(stakes)
    asked = Asked(first, last, tuple(dict.fromkeys(rules)), given)
    database = Path(database)
    if not (project / "dbt_project.yml").is_file():
        raise WarehouseError(f"no dbt project at {project}: start in it, or give --project-dir")
    if not landing.is_dir():
        raise WarehouseError(
            f"no landing at {landing}: give the one that the warehouse was built from"
        )
    published = place(PUBLISHED, project)
    check_out(out, (database, published.file if isinstance(published, Lake) else published))
    with scratch_warehouse(project, landing, database) as scratch:
        with reading(database) as connection:
            _check_rounds(connection, asked)
            if given is not None:
                check_stakes(connection, given, stakes, first, last, progress)
            scratch.copy(database, progress)
        _prepare(scratch, asked, progress)
        _replay(scratch, asked, _solver(project), workers, engine, progress)
        with scratch.connected() as connection:
            if given is None:
                print_report(connection, first, last, as_json)
            else:
                print_what_if(connection, first, last, as_json)
            if out is not None:
                write_out(connection, out, asked.tables)
                progress(f"written to {out}")
            if is_landed:
                for name in land_replays(connection, landing):
                    progress(f"landed {name}: the next `dbt build` publishes it")


def _prepare(scratch, asked, progress):
    """Checks the rules, and has dbt prepare the rounds' signals: those of old rounds are not held."""
    progress("reading the payout rules: dbt seed")
    scratch.dbt("seed", RULES)
    with scratch.connected() as connection:
        rounds = make_table(connection, "replay_rounds", **asked.span)
        make_table(connection, "replay_target_days")
        for rule in asked.rules:
            _check_rule(connection, rule)
        files = make_table(connection, "replay_files")
        for path in changed_files(scratch.landing, files)["path"].to_pylist():
            raise WarehouseError(
                f"landing/{path} has changed since the last build: `dbt build` first"
            )
        is_restaked = asked.given is not None
        worklists = {
            "int_rounds_due": make_table(connection, "replay_worklist", is_restaked=is_restaked),
            "int_files_due": files.select("table_name, path, layout"),
            "int_column_files": make_table(connection, "replay_column_files"),
        }
        for name, rows in worklists.items():
            connection.execute(f"create or replace table {name} as {rows.sql_query()}")
        if is_restaked:
            restake(connection, asked.given)
        progress(f"preparing the signals of {len(rounds)} rounds: dbt run")
    scratch.dbt("run", PREPARED + VIEWS + (RESTAKED if is_restaked else ()))


def _replay(scratch, asked, solver, workers, engine, progress):
    """Makes the tables of the result: in this process, or each replay in one of its own."""
    rules = list(asked.rules)
    with scratch.connected() as connection:
        make_table(connection, "replay_scores", rules=rules)
        make_table(connection, "replay_targets")
        make_table(connection, asked.stakes_table)
        make_table(connection, "replay_terms", rules=rules)
    if workers == 1:
        whole = Part(scratch.database, asked.replays, asked.stakes_table, solver)
        runs = [replay_part(whole, progress)]
    else:
        parts = [Part(scratch.database, [row], asked.stakes_table, solver) for row in asked.replays]
        runs = []
        for run in results(replay_part, parts, workers, engine):
            runs.append(run)
            progress(f"{len(runs)} of {len(parts)} replays are done")
    with scratch.connected() as connection:
        connection.register("runs", pa.concat_tables(runs))
        connection.execute("create table replay_runs as select * from runs")
        for name in asked.tables:
            make_table(connection, name)


def _solver(project):
    """What solves the portfolio, as the project says."""
    return yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]["portfolio_engine"]


def _check_rounds(connection, asked):
    first, last = asked.first, asked.last
    if first > last:
        raise WarehouseError(f"rounds {first} to {last} are none: --from is above --to")
    if not connection.execute(read_sql("replay_rounds"), asked.span).fetchall():
        raise WarehouseError(f"no live round from {first} to {last} is built and closed")
    for number, is_refused in connection.execute(read_sql("rounds_undone"), asked.span).fetchall():
        raise WarehouseError(
            f"round {number} is refused and stands as an earlier landing made it: put right what "
            "fct_contract_results says of it, and `dbt build`"
            if is_refused
            else f"the last build left round {number} half done: `dbt build` first"
        )


def _check_rule(connection, rule):
    known = sorted(
        name for (name,) in connection.table("payout_rules").select("payout_rule").fetchall()
    )
    if rule not in known:
        raise WarehouseError(f"no payout rule {rule}: payout_rules has {', '.join(known)}")
    asked = {"rule": rule}
    for score, version, missing, example in connection.execute(
        read_sql("terms_unscored"), asked
    ).fetchall():
        raise WarehouseError(
            f"{rule} pays on {score} {version}, which {missing} of the rounds are not scored on, as "
            f"{example}: add it to score_definitions, or replay others"
        )
    for score, version in connection.execute(
        read_sql("terms_not_taken"), asked | {"taken": list(STAKE_BOUND)}
    ).fetchall():
        raise WarehouseError(
            f"{rule} pays on {score} {version}, which follows stakes in a way that a replay does not take"
        )
