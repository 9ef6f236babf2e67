"""Grain: path, round_number, delivery of a target's or score's day. What each file holds, by content."""

from kardashev.duckdb_udfs import landing_folder, previous_table
from kardashev.landing.manifest import landing_manifest


def model(dbt, session):
    dbt.config(materialized="table")
    return landing_manifest(session, landing_folder(), previous_table(session, dbt.this))
