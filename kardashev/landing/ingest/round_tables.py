"""The landed tables of one era, from its rows in the files."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.kernels.ranking import doubled_rank
from kardashev.landing.ingest.choices import EVERY_FEATURE, NO_FEATURE
from kardashev.landing.ingest.mapping import EVERY
from kardashev.landing.market.factor_model import UNKNOWN, binned, group_dummies
from kardashev.landing.market.targets import LAG_DAYS, known_at

WITHOUT_WEIGHT = 1.0  # v of every stock where no file says it: all count alike


def universe_columns(source):
    """Landed name → column, of what the file has."""
    found = {name: source.found(columns) for name, columns in source.rule.universe.items()}
    if source.rule.id_type != "id":
        found.setdefault(source.rule.id_type, source.stock)
    return {name: column for name, column in found.items() if column is not None}


def factor_columns(source, features, choices):
    """Landed name → column.

    Parameters
    ----------
    features : the names of a feature set, or None: all
    """
    if choices.features == NO_FEATURE:
        return {}
    rules = source.rule.factors
    named = {
        name: column
        for name, columns in rules.items()
        if name != EVERY and (column := source.found(columns))
    }
    others = [c for pattern in rules.get(EVERY, ()) for c in source.numeric(pattern)]
    found = named | {c: c for c in dict.fromkeys(others) if c not in named.values()}
    if features is None or choices.features == EVERY_FEATURE:
        return found
    return {name: column for name, column in found.items() if column in features}


def universe(era, rows, columns, weights):
    """Rows of ``universe/``.

    Parameters
    ----------
    era : EraRound
    rows : pyarrow.Table of the file's columns
    columns : as `universe_columns` gives them
    weights : pyarrow.Table (stock, weight), or None
    """
    stocks = texts(rows[era.source.stock])
    values = {"round_number": _number(era, stocks), "stock_id": stocks}
    if "sample_weight" in columns:
        values["sample_weight"] = rows[columns["sample_weight"]].cast(pa.float64(), safe=False)
    elif weights is not None:
        places = pc.index_in(stocks, texts(weights["stock"]))
        values["sample_weight"] = weights["weight"].cast(pa.float64(), safe=False).take(places)
    else:
        values["sample_weight"] = pa.repeat(WITHOUT_WEIGHT, len(stocks))
    labels = {n: texts(rows[column]) for n, column in columns.items() if n != "sample_weight"}
    return pa.table(values | labels)


def key(era, source, rows):
    """Columns that each row of a wide table begins with."""
    stocks = texts(rows[source.stock])
    return pa.table({"round_number": _number(era, stocks), "stock_id": stocks})


def factors(source, rows, columns, stocks):
    """Rows of ``factors/``, and how many missing cells have the era's median.

    Parameters
    ----------
    columns : landed name → column
    stocks : pyarrow.Table as `universe` or `key` gives it, of the same rows


    A column without any value in the era is left out. Types stay as they are where nothing is missing.
    """
    values, filled = {}, 0
    for name, column in columns.items():
        cells = rows[column].combine_chunks()
        is_missing = _missing(cells)
        count = pc.sum(is_missing).as_py() or 0
        if count == len(cells):
            continue
        if count:
            numbers = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            is_missing = is_missing.to_numpy(zero_copy_only=False)
            numbers = np.where(is_missing, np.median(numbers[~is_missing]), numbers)
            cells, filled = pa.array(numbers), filled + count
        values[name] = cells
    if source.rule.has_dummies:
        groups = [_labels(stocks, name) for name in ("country", "sector")]
        names, dummies = group_dummies(*groups)
        values |= {n: pa.array(d.astype(np.int8)) for n, d in zip(names, dummies.T, strict=True)}
    if not values:
        return None, 0
    begins = {name: stocks[name] for name in ("round_number", "stock_id")}
    return pa.table(begins | values), filled


def neutralizers(era, source, rows, columns):
    """Rows of ``neutralizers/``, of stocks that a file names."""
    table = key(era, source, rows)
    for name in columns:
        table = table.append_column(name, rows[name])
    return table


def target(era, source, name, column, rows):
    """Rows of ``targets/`` for one target: the stocks that have a value, all days of return in it."""
    rule = source.rule.targets[name]
    rows = rows.filter(pc.invert(_missing(rows[column].combine_chunks())))
    stocks = texts(rows[source.stock])
    values = rows[column].cast(pa.float64(), safe=False).to_numpy()
    last_day = np.busday_offset(era.era_date, LAG_DAYS + rule.days, roll="backward").item()
    return pa.table(
        {
            "round_number": _number(era, stocks),
            "stock_id": stocks,
            "target": pa.repeat(name, len(stocks)),
            "score_day": pa.repeat(pa.scalar(rule.days, pa.int32()), len(stocks)),
            "value": binned(values) if rule.is_binned else values,
            "known_at": pa.repeat(pa.scalar(known_at(last_day)), len(stocks)),
        }
    )


def uploads(era, rule, rows, models):
    """Rows of ``submissions/``: one upload of each model that has a signal, sent as the round opens.

    Parameters
    ----------
    rule : FileRule of the file
    rows : pyarrow.Table with ``stock`` and a column for each model
    models : model_id → column
    """
    parts = []
    for model_id, column in models.items():
        signals = rows[column].cast(pa.float64(), safe=False).combine_chunks()
        is_missing = _missing(signals)
        if pc.all(is_missing).as_py():
            continue
        if rule.as_ranks:
            signals = _ranks(signals, is_missing)
        stocks = texts(rows["stock"])
        repeated = {"model_id": model_id, "submitted_at": era.open_at, "id_type": rule.id_type}
        columns = {"round_number": _number(era, stocks)}
        columns |= {name: pa.repeat(pa.scalar(v), len(stocks)) for name, v in repeated.items()}
        parts.append(pa.table(columns | {"id": stocks, "signal": signals}))
    return pa.concat_tables(parts) if parts else None


def texts(column):
    """A column as text, in one chunk."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.string())


def _number(era, stocks):
    return pa.repeat(pa.scalar(era.number, pa.int32()), len(stocks))


def _missing(cells):
    if pa.types.is_floating(cells.type):
        return pc.is_null(cells, nan_is_null=True)
    return pc.is_null(cells)


def _ranks(signals, is_missing):
    """(average rank − 0.5)/n of the signals that there are."""
    has_signal = ~is_missing.to_numpy(zero_copy_only=False)
    ranks = signals.to_numpy(zero_copy_only=False).copy()
    ranks[has_signal] = (doubled_rank(ranks[has_signal]) - 1) / (2 * has_signal.sum())
    return pa.array(ranks, mask=~has_signal)


def _labels(table, name):
    if name not in table.column_names:
        return [UNKNOWN] * len(table)
    return table[name].fill_null(UNKNOWN).to_pylist()
