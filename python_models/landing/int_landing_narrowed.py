"""Grain: table_name. The landing's views, narrowed to the files that are due, and how many those are."""

from kardashev.landing.views import narrow_views
from kardashev.warehouse.plugin import landing_folder


def model(dbt, session):
    dbt.config(materialized="table")
    return narrow_views(session, landing_folder(), dbt.ref("int_files_due"))
