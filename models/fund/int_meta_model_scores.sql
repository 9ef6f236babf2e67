{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_days_due',
        'keys': ['round_number', 'target', 'score_day', 'known_at'],
        'redoes': 'is_due',
    },
) }}
{#
Grain: round_number, meta_model, score, score_version, target, score_day, known_at. Correlation scores of
meta models, taken as a signal's: Pearson of the power 1.5 of the meta model, ranked and gaussianized again,
with the score's target.
#}
with

scores as (

    select * from {{ ref('int_scores_vectored') }}

),

vector_values as (

    select * from {{ ref('int_vector_values') }}

),

vector_sums as (

    select * from {{ ref('int_vector_sums') }}

),

meta_models as (

    select * from {{ ref('int_meta_models_ranked') }}

),

wanted as (

    select * from scores
    where
        family = 'correlation'
        and signal_form = 'plain'
        and target != 'none'
        and overlap_share >= minimum_overlap

),

sums as (

    select
        wanted.round_number,
        meta_models.meta_model,
        wanted.score,
        wanted.score_version,
        wanted.target,
        wanted.score_day,
        wanted.known_at,
        wanted.vector_id,
        {{ exact_sum(pow15('meta_models.gaussian')) }} as x,
        {{ exact_sum('pow(abs(meta_models.gaussian), 3)') }} as xx,
        {{ exact_sum('vector_values.value * ' ~ pow15('meta_models.gaussian')) }} as xy

    from wanted
    inner join meta_models
        on
            wanted.round_number = meta_models.round_number
            and wanted.coverage_id = meta_models.coverage_id
    inner join vector_values
        on
            wanted.vector_id = vector_values.vector_id
            and meta_models.stock_key = vector_values.stock_key
    group by all

)

select
    sums.round_number,
    sums.meta_model,
    sums.score,
    sums.score_version,
    sums.target,
    sums.score_day,
    sums.known_at,
    {{
        pearson(
            'vector_sums.n',
            'sums.x',
            'vector_sums.total',
            'sums.xx',
            'vector_sums.total_of_squares',
            'sums.xy',
        )
    }} as value

from sums
inner join vector_sums on sums.vector_id = vector_sums.vector_id
