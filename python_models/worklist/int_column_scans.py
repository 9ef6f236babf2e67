"""Grain: round_number, table_name, names. How this build reads N and factors: a SELECT for each round."""

from kardashev.landing.reader import column_scans
from kardashev.warehouse.plugin import landing_folder


def model(dbt, session):
    dbt.config(materialized="table")
    return column_scans(landing_folder(), dbt.ref("int_column_files"))
