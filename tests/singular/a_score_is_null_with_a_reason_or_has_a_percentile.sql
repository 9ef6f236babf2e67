{# A null is explained, a value is ranked, never both. #}
select
    round_number,
    model_id,
    score,
    score_version,
    target,
    score_day,
    value,
    null_reason

from {{ ref('fct_scores') }}
where
    {{ written_now(ref('fct_scores')) }}
    and (
        (value is null) = (null_reason is null)
        or (value is null) != (percentile is null)
    )
