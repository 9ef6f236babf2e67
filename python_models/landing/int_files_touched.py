"""Grain: path. The worklist of the manifest: files that are new, touched, gone, or could not be used."""

from kardashev.landing.listing import touched_files
from kardashev.warehouse.plugin import landing_folder, left_by_last_build


def model(dbt, session):
    dbt.config(materialized="table")
    manifest = left_by_last_build(session, dbt.this, "int_landing_manifest")
    return touched_files(session, landing_folder(), manifest)
