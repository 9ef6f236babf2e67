"""True Contribution of the due target days, from the sensitivities that were stored at the close."""

from operator import itemgetter

import numpy as np
import pyarrow as pa

from kardashev.kernels.ranking import doubled_rank
from kardashev.portfolio.true_contribution import true_contributions
from kardashev.rounds.blocks import DAY, Blocks, rows_of_rounds
from kardashev.rounds.score_rows import DayScores, score_batch, score_schema
from kardashev.rounds.sensitivities import unpacked

ROUNDS_AT_ONCE = 8  # whose stored sensitivities are held at a time
RANK, UNDROPPED = "rank", "undropped"
SAME_SHARE = 1e-12  # of the largest TC: models closer than this share a rank
NO_PORTFOLIO = "the round has no portfolio: {}"

SCHEMA = score_schema(("standard_error", pa.float64()), ("half_sample_correlation", pa.float64()))


def true_contribution_rows(connection, scores, models, portfolios, targets):
    """TC of every accepted model on the due target days, in each version, as long rows.

    Returns of a day enter as they are landed; a stock without one counts as unchanged, a return of 0.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    scores : relation, the columns of ``int_scores_due``, of the family ``tc``
    models : relation (round_number, model_key, model_id), the accepted ones
    portfolios : relation (round_number, reason, draws_reason, sensitivity, draws_sensitivity)
    targets : relation (round_number, target, score_day, known_at, stock_key, value)

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        Return of the portfolio per NMR of stake, times the score's scale; version ``rank`` is the
        percentile of ``v1`` in the round. Errors and half-samples are over draws.
    """
    order = "round_number, score, score_version, target, score_day, known_at"
    wanted = scores.order(order).to_arrow_table().to_pylist()

    def batches():
        reader = Blocks(connection)
        due_rounds = list(rows_of_rounds(wanted).items())
        for start in range(0, len(due_rounds), ROUNDS_AT_ONCE):
            some = due_rounds[start : start + ROUNDS_AT_ONCE]
            stored = _stored(reader, portfolios, [number for number, _ in some])
            for number, due in some:
                accepted = reader.index(models, {"round_number": number}, "model_key", "model_id")
                if len(accepted) and number in stored:
                    yield from _round_batches(reader, accepted, stored.pop(number), due, targets)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def _stored(reader, portfolios, numbers):
    """Portfolios of some rounds, by number: DuckDB reads all large values to find one, so few at a time."""
    columns = "round_number, reason, draws_reason, sensitivity, draws_sensitivity"
    query = (
        f"select {columns} from ({portfolios.sql_query()}) where list_contains($1, round_number)"
    )
    rows = reader.cursor.execute(query, [numbers]).to_arrow_table().to_pylist()
    return {row["round_number"]: row for row in rows}


def _round_batches(reader, models, stored, due, targets):
    for blob, reason in (
        ("draws_sensitivity", stored["reason"] or stored["draws_reason"]),
        ("sensitivity", stored["reason"]),
    ):
        of_blob = [row for row in due if _blob(row["score_version"]) == blob]
        if of_blob and stored[blob] is None:
            yield _without_values(models, of_blob, NO_PORTFOLIO.format(reason))
        elif of_blob:
            yield _with_values(reader, unpacked(stored[blob]), of_blob, targets)


def _blob(version):
    return "sensitivity" if version == UNDROPPED else "draws_sensitivity"


def _without_values(models, due, reason):
    nothing = np.full(len(models), np.nan)
    days = [DayScores(row, nothing, reason, (nothing, nothing)) for row in due]
    return score_batch(SCHEMA, models.keys, days)


def _with_values(reader, sensitivity, due, targets):
    days = {itemgetter(*DAY)(row): row for row in due}
    places = {day: place for place, day in enumerate(days)}
    in_round = {"round_number": due[0]["round_number"]}
    returns = np.nan_to_num(reader.targets(targets, in_round, sensitivity.stocks, days.values()))
    versions = {_underlying(row["score_version"]) for row in due}
    found = true_contributions(sensitivity.stored, sensitivity.signals, returns, versions)
    scored = []
    for row in due:
        place = places[itemgetter(*DAY)(row)]
        values, errors, halves = found[_underlying(row["score_version"])]
        of_day, spread = values[:, place] * row["scale"], errors[:, place] * row["scale"]
        if row["score_version"] == RANK:
            of_day, spread = percentiles(of_day), np.full_like(spread, np.nan)
        half = np.full_like(spread, halves[place])
        scored.append(DayScores(row, of_day, more=(spread, half)))
    return score_batch(SCHEMA, sensitivity.model_keys, scored)


def _underlying(version):
    """The version whose values a version is made from."""
    return "v1" if version == RANK else version


def percentiles(contributions):
    """(average rank − 0.5) / n of an array (models,) of TC; what rounding alone tells apart shares a rank."""
    width = SAME_SHARE * np.abs(contributions).max()
    return (doubled_rank(contributions, width) - 1) / (2 * len(contributions))
