"""Profiles as SQL makes them, a column for each metric, turned into the long rows that the judge takes."""

import pyarrow as pa
import pyarrow.compute as pc

STANDS = "columns_fingerprint"  # tells what a profile that stands was made from
EXAMPLE = "_example"  # ends the name of the column that names one row behind a metric


def of_judged_rounds(relations, candidates):
    """Wide profiles as tables; of those that stand from build to build, the rounds that are judged now.

    Parameters
    ----------
    relations : list of (contract, relation); one that stands has the column ``columns_fingerprint``
    candidates : relation (round_number, is_stale, is_prepared), as ``int_round_candidates``

    Returns
    -------
    list of (contract, pyarrow.Table), as `long_profiles` takes them
    """
    judged = candidates.filter("is_stale or is_prepared").select("round_number")
    found = []
    for contract, relation in relations:
        if STANDS in relation.columns:
            relation = relation.join(judged, "round_number", how="semi")
            relation = relation.select(f"* exclude ({STANDS})")
        found.append((contract, relation.to_arrow_table()))
    return found


def long_profiles(profiles, keys):
    """Wide profiles of several contracts as long rows.

    Parameters
    ----------
    profiles : list of (contract, pyarrow.Table), each table with the keys and a numeric column a metric. A
        table of several contracts has the column ``contract``, and None beside it. One without the key
        ``subject`` has one subject in each round, named after its contract. A column ``<metric>_example`` is
        left to `with_examples`.
    keys : sequence of str

    Returns
    -------
    pyarrow.Table (keys..., contract, metric, value)

    Raises
    ------
    ValueError
        When a table lacks a key other than ``subject``.
    """
    parts = [
        part.append_column("value", column.cast(pa.float64()))
        for name, part, column in _columns(profiles, keys)
        if not name.endswith(EXAMPLE)
    ]
    return pa.concat_tables(parts)


def with_examples(verdicts, profiles, keys):
    """Verdicts, each failed one with a row that shows why, where the profile names one.

    Parameters
    ----------
    verdicts : pyarrow.Table, of `kardashev.contracts.judge.judge`
    profiles, keys : as in `long_profiles`

    Returns
    -------
    pyarrow.Table, the verdicts and the column ``example``, in no order
    """
    parts = [
        part.append_column("example", column.cast(pa.string()))
        for name, part, column in _columns(profiles, keys)
        if name.endswith(EXAMPLE)
    ]
    examples = pa.concat_tables(parts)
    metric = pc.replace_substring(examples["metric"], EXAMPLE, "")
    place = examples.schema.get_field_index("metric")
    examples = examples.set_column(place, "metric", metric)
    found = verdicts.join(examples, keys=[*keys, "contract", "metric"], join_type="left outer")
    example = pc.if_else(found["success"], pa.scalar(None, pa.string()), found["example"])
    return found.drop_columns(["example"]).append_column("example", example)


def _columns(profiles, keys):
    """Each column that is no key: its name, the rows that name what it is of, and the column."""
    for contract, table in profiles:
        if contract is not None:
            table = table.append_column("contract", pa.repeat(contract, len(table)))
        if "subject" in keys and "subject" not in table.column_names:
            table = table.append_column("subject", table["contract"])
        missing = [key for key in keys if key not in table.column_names]
        if missing:
            raise ValueError(f"the profile of {contract} has no key {', '.join(missing)}")
        place = [*keys, "contract"]
        for name in table.column_names:
            if name not in place:
                part = table.select(place)
                yield name, part.append_column("metric", pa.repeat(name, len(table))), table[name]
