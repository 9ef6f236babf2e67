"""Grain: path. The worklist of the manifest: files that are new, touched, gone, or could not be used."""

from kardashev.landing.listing import touched_files
from kardashev.warehouse.plugin import is_full_refresh, landing_folder, previous_table


def model(dbt, session):
    dbt.config(materialized="table")
    manifest = previous_table(session, dbt.this, "int_landing_manifest")
    return touched_files(session, landing_folder(), None if is_full_refresh() else manifest)
