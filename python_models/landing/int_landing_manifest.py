"""Grain: path, round_number, delivery of a target's or score's day. What each file holds, by content."""

from kardashev.landing.manifest import read_files
from kardashev.landing.views import widen_views
from kardashev.warehouse.plugin import landing_folder, previous_table


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        meta={"worklist": "int_files_touched", "keys": ["path"], "redoes": "true"},
    )
    manifest = previous_table(session, dbt.this)
    touched = dbt.ref("int_files_touched").to_arrow_table()
    fresh = read_files(session, landing_folder(), touched, manifest)
    widen_views(session, landing_folder(), fresh, manifest, touched)
    return fresh
