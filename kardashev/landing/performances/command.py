"""Histories become landed files: rounds, models, stakes with multipliers, and scores taken elsewhere.

Each table has one file of ours, which a later run adds to: what that says of the same row wins. A round or
a model that another file of the landing has is left to that file.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.listing import landed_files
from kardashev.landing.performances.rules import ScoreRules
from kardashev.landing.performances.shapes import read_performances
from kardashev.landing.reader import read_select
from kardashev.landing.tables import LANDED_TABLES

NAME = "history"  # of our files
UNSAID_CLOSE = timedelta(days=2)  # after the opening, where a file does not say when a round closes
KEYS = {
    "rounds": ("round_number",),
    "models": ("model_id",),
    "stakes": ("round_number", "model_id"),
    "scores": ("round_number", "model_id", "score", "score_version", "score_day", "known_at"),
}
OTHERS_WIN = ("rounds", "models")  # they are landed once each


@dataclass
class Receipt:
    """What was landed: rows by table; what was left out, and how often; what the rounds paid, NMR."""

    rows: dict = field(default_factory=dict)
    left_out: Counter = field(default_factory=Counter)
    payout_nmr: float = 0.0


def land_performances(landing, seeds, files, tournament, account_id=None, model_id=None):
    """Lands the rounds of models as numerapi returns them.

    Parameters
    ----------
    landing, seeds : Path; the second is of the rule seeds
    files : sequence of Path, as `kardashev.landing.performances.shapes.read_performances` takes them
    tournament : str, whose rules apply
    account_id : str, the account of the models, if it is known
    model_id : str, the model of rows that name none; None: the file's name

    Returns
    -------
    Receipt

    Raises
    ------
    LandingError
        In one line: a file cannot be read, files differ about a round, the landing cannot be written.
    """
    rules, receipt = ScoreRules(seeds, tournament), Receipt()
    found = [one for file in files for one in read_performances(file, model_id)]
    tables = {
        "rounds": _rounds(found, tournament),
        "models": _models(found, account_id),
        "stakes": _stakes(found, rules),
        "scores": _scores(found, rules, receipt.left_out),
    }
    receipt.payout_nmr = sum(one.payout_nmr or 0.0 for one in found)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, rows in tables.items():
            known = _landed_elsewhere(connection, landing, name) if name in OTHERS_WIN else set()
            kept = {key: row for key, row in rows.items() if key[0] not in known}
            receipt.rows[name] = len(kept)
            if kept:
                write_landed(landing, name, NAME, _with_former(landing, name, kept))
    return receipt


def _rounds(found, tournament):
    rows = {}
    for one in sorted(found, key=lambda one: one.round_number):
        row = {
            "tournament": tournament,
            "round_number": one.round_number,
            "kind": "live",
            "era_date": np.busday_offset(one.open_at.date(), -1, roll="forward").item(),
            "open_at": one.open_at,
            "close_at": one.close_at or one.open_at + UNSAID_CLOSE,
            "payout_factor": one.payout_factor,
        }
        former = rows.setdefault((one.round_number,), row)
        for name, value in row.items():
            if former[name] is None:
                former[name] = value
            elif value is not None and value != former[name]:
                raise LandingError(
                    f"round {one.round_number}: {name} is {value} of {one.model_id}, and {former[name]} of "
                    "another model: take them at one time"
                )
    return rows


def _models(found, account_id):
    """Registered with their first round: none is missing in the rounds before."""
    firsts = {}
    for one in found:
        firsts[one.model_id] = min(one.open_at, firsts.get(one.model_id, one.open_at))
    return {
        (model,): {"model_id": model, "account_id": account_id, "created_at": first}
        for model, first in firsts.items()
    }


def _stakes(found, rules):
    return {
        (one.round_number, one.model_id): {
            "round_number": one.round_number,
            "model_id": one.model_id,
            "stake_nmr": one.stake_nmr,
        }
        | {f"{rules.series(score)}_multiplier": n for score, n in one.multipliers.items()}
        for one in found
        if one.stake_nmr is not None
    }


def _scores(found, rules, left_out):
    rows = {}
    for one in found:
        for score in one.scores:
            known = rules.find(score.name, one.round_number, one.open_at.date())
            if known is None:
                left_out[f"{score.name}: no rule of the tournament"] += 1
                continue
            version, final_day = known
            day, known_at = score.day, score.known_at
            is_last = day is None or day >= final_day
            if one.resolved_at is not None and is_last:  # one time for all models
                day, known_at = final_day, one.resolved_at
            if day is None or known_at is None or not 0 < day <= final_day:
                left_out[f"{score.name}: no day, or no time"] += 1
                continue
            key = (one.round_number, one.model_id, score.name, version, day, known_at)
            row = dict(zip(KEYS["scores"], key, strict=True)) | {"value": score.value}
            if rows.setdefault(key, row)["value"] != score.value:
                raise LandingError(
                    f"round {one.round_number}: {score.name} of {one.model_id} on day {day} is "
                    f"{score.value}, and {rows[key]['value']}"
                )
    return rows


def _landed_elsewhere(connection, landing, name):
    """The rounds or models of the landing's other files."""
    ours, (key,) = landed_path(landing, name, NAME), KEYS[name]
    files = [file for file in landed_files(landing, name) if file != ours]
    select = read_select(connection, LANDED_TABLES[name], files)
    return {value for (value,) in connection.execute(f"select {key} from ({select})").fetchall()}


def _with_former(landing, name, rows):
    """The rows with those of our former file; what a row leaves open is as it was."""
    table, ours = LANDED_TABLES[name], landed_path(landing, name, NAME)
    former = pq.read_table(ours).to_pylist() if ours.exists() else []
    found = {tuple(row[column] for column in KEYS[name]): row for row in former}
    for key, row in rows.items():
        known = found.get(key, {})
        said = {column: value for column, value in row.items() if value is not None}
        if "created_at" in said and known:  # a later file may begin with a later round
            said["created_at"] = min(said["created_at"], known["created_at"])
        found[key] = known | said
    columns = [c for c in (*table.required, *table.optional) if any(c in r for r in found.values())]
    return pa.table({c: [row.get(c) for row in found.values()] for c in columns})
