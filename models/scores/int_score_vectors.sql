{#
Grain: vector_id, signal_form. The vectors over stocks that due scores multiply signals with, each once, however many
scores need it: targets, and meta models. transform says what of the ranks of a form it meets, stock_count how many
stocks it is defined on.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

vectors as (

    select distinct
        round_number,
        target,
        score_day,
        known_at,
        coverage_id,
        stock_count,
        signal_form,
        vector_kind as kind,
        if(target = 'none', meta_model, '') as meta_model,
        transform,
        target_mean,
        shared_mean,
        is_binned

    from scores_due
    where
        vector_kind is not null
        and (vector_kind = 'target for contributions' or not is_constant)

    union all

    select distinct
        round_number,
        '' as target,
        0 as score_day,
        null as known_at,
        coverage_id,
        stock_count,
        signal_form,
        'ranked meta model' as kind,
        meta_model,
        transform,
        null as target_mean,
        null as shared_mean,
        null as is_binned

    from scores_due
    where vector_kind = 'target for contributions'

)

select
    *,
    cast(
        dense_rank() over (
            order by
                round_number,
                coverage_id,
                kind,
                transform,
                meta_model,
                target,
                score_day,
                known_at
        ) as integer
    ) as vector_id

from vectors
