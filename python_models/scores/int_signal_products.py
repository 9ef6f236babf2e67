"""Grain: vector_id, signal_form, model_key. Each score vector times each signal of its round."""

from kardashev.rounds.prepared import Sources
from kardashev.rounds.signal_products import signal_product_rows


def model(dbt, session):
    dbt.config(materialized="table")
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
    )
    return signal_product_rows(
        session,
        dbt.ref("int_score_vectors"),
        vector_values=dbt.ref("int_vector_values"),
        sources=sources,
        covered=dbt.ref("int_covered_stocks"),
    )
