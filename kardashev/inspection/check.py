"""What would become of a file that is not sent yet: verdicts, stability, exposures, nearest model, stake."""

from datetime import UTC

from kardashev.inspection.trial import tried
from kardashev.landing.door import Door
from kardashev.landing.door.door import refusals_name
from kardashev.printing import print_json, print_table, say
from kardashev.rounds.blocks import Blocks
from kardashev.rounds.prepared import Sources
from kardashev.rounds.scored import ScoredBlock
from kardashev.warehouse.reading import records

MADE = (
    *("fct_submissions", "int_contract_results", "fct_stability", "fct_stakes"),
    *("int_signal_ranks", "int_factor_loadings", "dim_rounds"),
)
ACCEPTED, QUARANTINED, LATE = "accepted", "quarantined", "late"
LARGEST = 5  # exposures that are printed
QUERIES = {
    "counting": """
        select status, reasons, submitted_at, stocks_matched, stocks_unknown, stocks_filled
        from fct_submissions
        where round_number = $round and model_id = $model
    """,
    "stability": """
        select
            stability.lag_round,
            stability.churn,
            rounds.churn_threshold,
            stability.turnover,
            rounds.turnover_threshold,
            stability.neutral_churn
        from fct_stability as stability
        inner join dim_rounds as rounds using (round_number)
        where stability.round_number = $round and stability.model_id = $model
        order by stability.lag_round
    """,
    "stake": """
        select stake_nmr, at_risk_nmr, zeroed_reason, max_churn, max_turnover, mean_neutral_churn
        from fct_stakes
        where round_number = $round and model_id = $model
    """,
}
FAILED = """
select expectation, scope, metric, observed, expected, example, advice
from int_contract_results
where
    round_number = $round and model_id = $model and not success
    and try_cast(subject as timestamp) = $sent
order by expectation
"""
FACTOR_SETS = """
select distinct factor_set
from int_round_scores
where round_number = $round and family = 'largest_exposure'
order by factor_set
"""


def print_check(project, landing, database, file, round_number, model_id, received_at, as_json):
    """Prints what would become of a file, and returns the exit status: 1 where it would not count in full.

    Parameters
    ----------
    project, landing, database : Path
    file : Path, as `kardashev.landing.door.Door.land` takes it
    round_number : int
    model_id : str
    received_at : datetime, or None for now
    as_json : bool

    Raises
    ------
    RefusedFileError
        When the door would refuse the file.
    LandingError, WarehouseError
        When landing or warehouse cannot be read, or the trial cannot be built.
    """
    door = Door(landing)
    with refusals_name(file):
        submitted_at = door.admit(round_number, received_at)
        upload = door.read(file, round_number, model_id, submitted_at)
    with (
        tried(project, landing, database, upload, MADE, say) as scratch,
        scratch.connected() as connection,
    ):
        found = checked(connection, round_number, model_id, submitted_at)
    is_quarantined = any(row["scope"] == "submission" for row in found["failed"])
    status = QUARANTINED if is_quarantined else ACCEPTED
    if door.is_late(round_number, submitted_at):
        status = LATE
    if as_json:
        told = {"round_number": round_number, "model_id": model_id, "status": status}
        print_json(told | found)
    else:
        print(f"{model_id}, round {round_number}: {status}")
        _print(found)
    is_zeroed = any(stake["zeroed_reason"] for stake in found["stake"])
    return int(status != ACCEPTED or is_zeroed)


def checked(connection, round_number, model_id, submitted_at):
    """What a warehouse says of a model's upload to a round.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection of a warehouse in which the round was just built
    round_number : int
    model_id : str
    submitted_at : datetime of the upload, UTC

    Returns
    -------
    dict of lists of dict
        ``failed`` expectations of the upload. Of the one that counts, an earlier one if this one does not:
        ``counting``, ``stability`` by earlier round, ``stake``, ``exposures`` (|Pearson| of the gaussianized
        signal, the largest first) and ``nearest``, the model that correlates most.
    """
    sent = submitted_at.astimezone(UTC).replace(tzinfo=None)
    asked = {"round": round_number, "model": model_id}
    found = {"failed": records(connection.sql(FAILED, params=asked | {"sent": sent}))}
    for name, query in QUERIES.items():
        found[name] = records(connection.sql(query, params=asked))
    of_round = {"round": round_number}
    sets = [name for (name,) in connection.execute(FACTOR_SETS, of_round).fetchall()]
    return found | _beside_others(connection, round_number, model_id, sets)


def _beside_others(connection, number, model_id, factor_sets):
    sources = Sources(
        *(connection.table(f"int_{name}") for name in ("signal_ranks", "submissions", "universe")),
        loadings=connection.table("int_factor_loadings"),
    )
    block = ScoredBlock.read(Blocks(connection), number, sources)
    ids = block.models.ids.to_pylist()
    if model_id not in ids:
        return {"exposures": [], "nearest": []}
    place, exposures = ids.index(model_id), []
    for name in factor_sets:
        sizes, factors = block.exposures(name)
        for factor, size in zip(factors.to_pylist(), sizes[place], strict=True):
            exposures.append({"factor_set": name, "factor": factor, "exposure": float(size)})
    exposures.sort(key=lambda row: (-row["exposure"], row["factor"]))
    return {"exposures": exposures, "nearest": _nearest(block, place, ids)}


def _nearest(block, place, ids):
    if len(ids) == 1:
        return []
    largest, nearest, _ = block.pairwise
    return [{"model_id": ids[nearest[place]], "correlation": float(largest[place])}]


def _print(found):
    parts = (
        ("failed", "Expectations that it fails:"),
        ("counting", "The upload that would count, an earlier one if this one does not:"),
        ("stability", "Against earlier rounds of the window, beside the thresholds:"),
        ("stake", "The stake, and what of it would be at risk:"),
        ("exposures", f"The {LARGEST} largest exposures:"),
        ("nearest", "The nearest model:"),
    )
    for name, title in parts:
        rows = found[name][:LARGEST] if name == "exposures" else found[name]
        if rows:
            print(f"\n{title}")
            print_table(list(rows[0]), [list(row.values()) for row in rows])
