"""How sure each model's evidence is by each day, one kind of evidence at a time."""

import numpy as np
import pyarrow as pa

from kardashev.rounds.matrices import batch

SCHEMA = pa.schema(
    [
        ("model_id", pa.string()),
        ("as_of_date", pa.date32()),
        ("evidence", pa.string()),
        ("round_count", pa.int32()),
        ("overlapping_rounds", pa.int32()),
        ("mean", pa.float64()),
        ("standard_error", pa.float64()),
        ("t_statistic", pa.float64()),
        ("p_value", pa.float64()),
    ]
)


def signal_statistic_rows(connection, evidence, as_of_dates):
    """Means, Newey–West errors, t-statistics and p-values by each day.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    evidence : relation (round_number, era_date, calendar_days, model_id, evidence, known_at, value)
    as_of_dates : relation (as_of_date), the days to be done; without any nothing is read

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        One row for each model with a value known by the day; a null takes back the one known before. Lags
        are places among the rounds with a value known by then; how many count is what overlaps among these.
    """
    cursor = connection.cursor()  # dbt's is writing while this one reads

    def read(relation, columns, order):
        query = f"select {columns} from ({relation.sql_query()}) order by {order}"
        return cursor.execute(query).to_arrow_table()

    def batches():
        dates = read(as_of_dates, "as_of_date", "as_of_date")["as_of_date"].combine_chunks()
        if len(dates) == 0:
            return
        kinds = read(evidence, "distinct evidence", "evidence")["evidence"].to_pylist()
        for kind in kinds:
            rows = read(
                evidence.filter(f"evidence = '{kind}'"),
                "era_date, round_number, model_id, value, calendar_days, "
                "cast(known_at as date) as known_date",
                "known_at, round_number, model_id",
            )
            yield from _of_kind(kind, rows, dates)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def _of_kind(kind, rows, dates):
    # scipy is imported only where there is something to do
    from kardashev.kernels.statistics import (
        newey_west_means,
        one_sided_p_values,
        overlapping_rounds,
    )

    days = rows["era_date"].combine_chunks().cast(pa.int32()).to_numpy()
    known = rows["known_date"].combine_chunks().cast(pa.int32()).to_numpy()
    rounds = np.rec.fromarrays([days, rows["round_number"].to_numpy()])
    calendar, round_places = np.unique(rounds, return_inverse=True)
    encoded = rows["model_id"].combine_chunks().dictionary_encode()
    models = encoded.dictionary
    by_id = pa.compute.sort_indices(models).to_numpy()
    values = rows["value"].to_numpy()
    codes = encoded.indices.to_numpy()
    span = int(rows["calendar_days"].to_numpy().max())
    held = np.full((len(calendar), len(models)), np.nan)
    start = 0
    for date in dates:
        end = np.searchsorted(known, date.cast(pa.int32()).as_py(), side="right")
        held[round_places[start:end], codes[start:end]] = values[start:end]
        start = end
        places = np.flatnonzero(~np.isnan(held).all(axis=1))
        lag = overlapping_rounds(calendar["f0"][places].astype(np.int64), span)
        counts, means, errors = newey_west_means(held[places], lag)
        with np.errstate(invalid="ignore"):
            statistics = means / errors
        p_values = one_sided_p_values(statistics, counts, lag)
        here = by_id[counts[by_id] > 0]
        yield batch(
            SCHEMA,
            [
                models.take(pa.array(here)),
                pa.repeat(date, len(here)),
                pa.repeat(kind, len(here)),
                counts[here],
                pa.repeat(lag, len(here)),
                means[here],
                errors[here],
                statistics[here],
                p_values[here],
            ],
        )
