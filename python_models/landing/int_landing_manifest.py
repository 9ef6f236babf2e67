"""Grain: path, round_number, delivery of a target's or score's day. What each file holds, by content."""

from kardashev.landing.manifest import landing_manifest
from kardashev.landing.reader import widen_views
from kardashev.warehouse.plugin import landing_folder, previous_table


def model(dbt, session):
    dbt.config(materialized="table")
    manifest = landing_manifest(session, landing_folder(), previous_table(session, dbt.this))
    widen_views(session, landing_folder(), manifest)
    return manifest
