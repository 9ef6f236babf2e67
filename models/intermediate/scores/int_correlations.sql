{#
Grain: round_number, score, score_version, target, score_day, known_at, model_key. Pearson of each signal, in its transform,
with the score's vector: CORR and FNC with a target, CWMM with a meta model, Spearman of ranks with ranks.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

vectors as (

    select * from {{ ref('int_score_vectors') }}

),

vector_sums as (

    select * from {{ ref('int_vector_sums') }}

),

moments as (

    select * from {{ ref('int_signal_moments') }}

),

products as (

    select * from {{ ref('int_signal_products') }}

),

correlated as (

    select
        products.vector_id,
        products.model_key,
        (vector_sums.n * products.product - moments.total * vector_sums.total)
        / sqrt(
            nullif(
                greatest(
                    vector_sums.n * moments.total_of_squares
                    - moments.total * moments.total,
                    0
                ),
                0
            )
            * nullif(
                greatest(
                    vector_sums.n * vector_sums.total_of_squares
                    - vector_sums.total * vector_sums.total,
                    0
                ),
                0
            )
        ) as value

    from products
    inner join vectors on products.vector_id = vectors.vector_id
    inner join vector_sums on products.vector_id = vector_sums.vector_id
    inner join moments
        on
            vectors.round_number = moments.round_number
            and vectors.coverage_id = moments.coverage_id
            and vectors.signal_form = moments.signal_form
            and vectors.transform = moments.transform
            and products.model_key = moments.model_key

)

select
    scores_due.round_number,
    scores_due.score,
    scores_due.score_version,
    scores_due.target,
    scores_due.score_day,
    scores_due.known_at,
    correlated.model_key,
    correlated.value

from scores_due
inner join vectors
    on
        scores_due.round_number = vectors.round_number
        and scores_due.target = vectors.target
        and scores_due.score_day = vectors.score_day
        and scores_due.known_at = vectors.known_at
        and scores_due.signal_form = vectors.signal_form
        and vectors.kind = scores_due.vector_kind
        and vectors.meta_model = coalesce(scores_due.meta_model, '')
inner join correlated on vectors.vector_id = correlated.vector_id
where
    scores_due.family in ('correlation', 'rank_correlation')
    and scores_due.top_bottom is null
