"""Grain: one row. What builds: the versions of the package, of the checkout and of DuckDB."""

from kardashev.warehouse.plugin import below_project
from kardashev.warehouse.versions import build_version


def model(dbt, session):
    dbt.config(materialized="table")
    return build_version(below_project("."))
