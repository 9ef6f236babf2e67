"""Profiles as SQL makes them, a column for each metric, turned into the long rows that the judge takes."""

import pyarrow as pa


def long_profiles(profiles, keys):
    """Wide profiles of several contracts as long rows.

    Parameters
    ----------
    profiles : list of (contract, pyarrow.Table), each table with the keys and a numeric column a metric; a
        table without the key ``subject`` has one subject in each round, named after its contract
    keys : sequence of str

    Returns
    -------
    pyarrow.Table (keys..., contract, metric, value)

    Raises
    ------
    ValueError
        When a table lacks a key other than ``subject``.
    """
    parts = []
    for contract, table in profiles:
        if "subject" in keys and "subject" not in table.column_names:
            table = table.append_column("subject", pa.repeat(contract, len(table)))
        missing = [key for key in keys if key not in table.column_names]
        if missing:
            raise ValueError(f"the profile of {contract} has no key {', '.join(missing)}")
        for metric in table.column_names:
            if metric not in keys:
                part = table.select(list(keys))
                part = part.append_column("contract", pa.repeat(contract, len(table)))
                part = part.append_column("metric", pa.repeat(metric, len(table)))
                parts.append(part.append_column("value", table[metric].cast(pa.float64())))
    return pa.concat_tables(parts)
