{#
Grain: round_number, score, score_version, target, score_day, known_at, model_key. Pearson of each signal, in its transform,
with the score's vector: CORR and FNC with a target, CWMM with a meta model, Spearman of ranks with ranks.
#}
with

scores as (

    select * from {{ ref('int_scores_vectored') }}

),

vector_sums as (

    select * from {{ ref('int_vector_sums') }}

),

products as (

    select * from {{ ref('int_signal_products') }}

),

correlated as (

    select
        products.vector_id,
        products.signal_form,
        products.model_key,
        {{
            pearson(
                'vector_sums.n',
                'products.signal_total',
                'vector_sums.total',
                'products.signal_total_of_squares',
                'vector_sums.total_of_squares',
                'products.product',
            )
        }} as value

    from products
    inner join vector_sums on products.vector_id = vector_sums.vector_id

)

select
    scores.round_number,
    scores.score,
    scores.score_version,
    scores.target,
    scores.score_day,
    scores.known_at,
    correlated.model_key,
    correlated.value

from scores
inner join correlated
    on
        scores.vector_id = correlated.vector_id
        and scores.signal_form = correlated.signal_form
where scores.family in ('correlation', 'rank_correlation')
