"""Grain: model_id, as_of_date, evidence; due days. How sure the mean of each kind of evidence is."""

from kardashev.rounds.signal_statistics import signal_statistic_rows


def model(dbt, session):
    dbt.config(materialized="table")
    return signal_statistic_rows(
        session,
        dbt.ref("int_signal_evidence"),
        dbt.ref("int_as_of_dates_due").filter("is_due and fingerprint is not null"),
    )
