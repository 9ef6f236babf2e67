"""The command that replays rounds: checks what is asked, has dbt build the replay, prints what came of it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kardashev.errors import WarehouseError
from kardashev.replay.staked_rounds import STAKE_BOUND
from kardashev.warehouse.reading import applies_to_round, reading

FROZEN = "frozen"
WIDTH = 160  # characters of a printed table
MARTS = ("fct_simulated_stakes", "fct_simulated_scores")

RULES = "select distinct payout_rule from payout_rules order by payout_rule"
ROUNDS = """
select count(*)
from dim_rounds
where round_number between $first and $last and kind = 'live'
"""
UNSCORED = f"""
select
    terms.score,
    terms.score_version,
    count(*) as missing,
    min(rounds.round_number) as example
from int_round_terms as terms
inner join dim_rounds as rounds using (round_number)
anti join score_definitions as definitions
    on
        definitions.tournament = rounds.rule_set
        and definitions.score = terms.score
        and definitions.score_version = terms.score_version
        and {applies_to_round("definitions", "rounds")}
where
    terms.payout_rule = $rule
    and terms.round_number between $first and $last
group by all
order by all
"""
NOT_TAKEN = """
select distinct terms.score, terms.score_version
from int_round_terms as terms
inner join score_definitions as definitions using (score, score_version)
where
    terms.payout_rule = $rule
    and terms.round_number between $first and $last
    and definitions.meta_model is not null
    and (definitions.top_bottom is not null or not list_contains($taken, definitions.family))
order by all
"""
STAKES = """
with

rounds as (

    select
        payout_rule,
        round_number,
        sum(stake_nmr) as stake_nmr,
        sum(payout_nmr) as payout_nmr,
        pow(sum(at_risk_nmr), 2) / nullif(sum(pow(at_risk_nmr, 2)), 0) as effective_models

    from fct_simulated_stakes
    where first_round = $first and last_round = $last and list_contains($rules, payout_rule)
    group by all

)

select
    payout_rule,
    count(*) as rounds,
    count(payout_nmr) as paid_rounds,
    round(arg_min(stake_nmr, round_number), 2) as first_stake_nmr,
    round(arg_max(stake_nmr, round_number), 2) as last_stake_nmr,
    round(coalesce(sum(payout_nmr), 0), 2) as paid_nmr,
    round(arg_min(effective_models, round_number) filter (where effective_models > 0), 2)
        as first_effective_models,
    round(arg_max(effective_models, round_number) filter (where effective_models > 0), 2)
        as last_effective_models

from rounds
group by payout_rule
order by payout_rule != 'frozen', payout_rule
"""
SCORES = """
select
    payout_rule,
    meta_model,
    score,
    count(value) as rounds,
    round(avg(frozen_value), 5) as frozen,
    round(avg(value), 5) as paid,
    round(avg(value - frozen_value), 6) as difference,
    round(avg(value - frozen_value) filter (where round_number > $middle), 6) as second_half

from fct_simulated_scores
where
    first_round = $first
    and last_round = $last
    and list_contains($rules, payout_rule)
    and payout_rule != 'frozen'
    and (meta_model = 'SWMM' or score = 'alpha')
group by all
order by payout_rule, meta_model, score
"""


def simulate(project, landing, database, first, last, rules, progress):
    """Replays rounds under payout rules beside frozen stakes, and prints what came of it.

    Parameters
    ----------
    project : Path of the dbt project
    landing, database : Path
    first, last : int, round numbers
    rules : sequence of str, names in ``payout_rules``
    progress : function of one line

    Raises
    ------
    WarehouseError
        When the warehouse cannot be read, a rule or the rounds are unknown, a rule pays on what the rounds do
        not score or a replay cannot take, or dbt does not build the replay.
    """
    if not (project / "dbt_project.yml").is_file():
        raise WarehouseError(f"no dbt project at {project}: start in it, or give --project-dir")
    with reading(database) as connection:
        _check_rounds(connection, first, last)
    asked = json.dumps({"simulate_pay": list(rules), "simulate_from": first, "simulate_to": last})
    with TemporaryDirectory(prefix="kardashev-simulate-") as target:
        dbt = Dbt(project, landing, database, Path(target), asked)
        progress("reading the rules: dbt seed")
        dbt.run("seed", "--quiet")
        with reading(database) as connection:
            for rule in rules:
                _check_rule(connection, first, last, rule)
        progress(f"preparing and replaying rounds {first} to {last}: dbt build")
        failed = dbt.run("build", "--exclude-resource-type", "unit_test")
    if failed.intersection(MARTS):
        raise WarehouseError("dbt did not build the replay: its lines above say why")
    if failed:
        progress(f"the replay is built; dbt build failed in {', '.join(sorted(failed))}")
    with reading(database) as connection:
        _print_report(connection, first, last, [FROZEN, *rules])


@dataclass(frozen=True)
class Dbt:
    """dbt in a process of its own, with a target folder of its own: the project's parse is left as it is."""

    project: Path
    landing: Path
    database: Path
    target: Path
    variables: str

    def run(self, command, *arguments):
        """The names of the nodes that were not built or tested well; dbt's lines go to standard error."""
        places = {
            "project-dir": self.project,
            "profiles-dir": self.project,
            "target-path": self.target,
        }
        options = [part for name, path in places.items() for part in (f"--{name}", str(path))]
        environment = os.environ | {
            "KARDASHEV_LANDING": str(self.landing.absolute()),
            "KARDASHEV_DB": str(self.database.absolute()),
        }
        results = self.target / "run_results.json"
        results.unlink(missing_ok=True)
        dbt = Path(sys.executable).with_name("dbt")
        done = subprocess.run(
            [dbt, command, *arguments, *options, "--vars", self.variables],
            env=environment,
            stdout=sys.stderr,
            check=False,
        )
        if not results.exists():
            raise WarehouseError(
                f"dbt {command} ended with {done.returncode}: its lines above say why"
            )
        return {
            result["unique_id"].split(".")[2]
            for result in json.loads(results.read_text())["results"]
            if result["status"] not in ("success", "pass")
        }


def _check_rounds(connection, first, last):
    if first > last:
        raise WarehouseError(f"rounds {first} to {last} are none: --from is above --to")
    if not connection.execute(ROUNDS, {"first": first, "last": last}).fetchone()[0]:
        raise WarehouseError(f"no live round from {first} to {last} is in the warehouse")


def _check_rule(connection, first, last, rule):
    known = [name for (name,) in connection.execute(RULES).fetchall()]
    if rule not in known:
        raise WarehouseError(f"no payout rule {rule}: payout_rules has {', '.join(known)}")
    span = {"first": first, "last": last, "rule": rule}
    for score, version, missing, example in connection.execute(UNSCORED, span).fetchall():
        raise WarehouseError(
            f"{rule} pays on {score} {version}, which {missing} of the rounds are not scored on, as "
            f"{example}: add it to score_definitions, or replay others"
        )
    for score, version in connection.execute(
        NOT_TAKEN, span | {"taken": list(STAKE_BOUND)}
    ).fetchall():
        raise WarehouseError(
            f"{rule} pays on {score} {version}, which follows stakes in a way that a replay does not take"
        )


def _print_report(connection, first, last, rules):
    asked = {"first": first, "last": last, "rules": rules}
    print(
        f"Rounds {first} to {last}: stakes of the first and the last round, and what moved them\n"
    )
    connection.sql(STAKES, params=asked).show(max_width=WIDTH)
    print(
        "Mean final scores of the meta model and the meta portfolio, with frozen and with paid stakes\n"
    )
    asked["middle"] = (first + last) // 2
    connection.sql(SCORES, params=asked).show(max_width=WIDTH)
