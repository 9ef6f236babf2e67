"""Grain: one row. Whether the next published copy is begun from the former file, as something is due."""

import pyarrow as pa

from kardashev.warehouse.plugin import left_by_last_build, published_place
from kardashev.warehouse.publish import begin_draft


def model(dbt, session):
    dbt.config(materialized="table")
    rounds = dbt.ref("int_rounds_due").filter("not is_left_out").select("round_number")
    days = dbt.ref("int_target_days_due").filter("is_due").select("round_number")
    is_due = bool(rounds.union(days).limit(1).fetchall())
    former = left_by_last_build(session, dbt.this, "published_copy")
    return pa.table({"is_begun": [is_due and begin_draft(published_place(), former)]})
