"""Grain: table_name. The landing's views, narrowed to the files that are due, and how many those are."""

from kardashev.duckdb_udfs import landing_folder
from kardashev.landing.reader import narrow_views


def model(dbt, session):
    dbt.config(materialized="table")
    return narrow_views(session, landing_folder(), dbt.ref("int_files_due"))
