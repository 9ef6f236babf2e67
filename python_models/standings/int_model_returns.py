"""Grain: round_number, model_id, target, score_day, known_at; final days. Returns of neutral weights."""

from kardashev.rounds.model_returns import model_return_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        meta={
            "worklist": "int_target_days_due",
            "keys": ["round_number", "target", "score_day", "known_at"],
            "redoes": "is_due",
        },
    )
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
        norms=dbt.ref("int_neutral_norms"),
    )
    final_days = "family = 'tc' and score_version = 'v1' and is_final"
    days = dbt.ref("int_scores_due").filter(final_days)
    return model_return_rows(session, days, sources, dbt.ref("int_target_values"))
