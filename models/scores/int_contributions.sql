{#
Grain: round_number, score, score_version, target, score_day, known_at, model_key. MMC and BMC: the part of a
signal that the meta model does not hold, times the target centred on the shared stocks (times 4 when it is
binned), over their number.
#}
with

scores as (

    select * from {{ ref('int_scores_vectored') }}

),

vectors as (

    select * from {{ ref('int_score_vectors') }}

),

vector_values as (

    select * from {{ ref('int_vector_values') }}

),

vector_sums as (

    select * from {{ ref('int_vector_sums') }}

),

products as (

    select * from {{ ref('int_signal_products') }}

),

paired as (

    select
        scores.*,
        scores.vector_id as target_vector_id,
        meta_models.vector_id as meta_vector_id

    from scores
    inner join vectors as meta_models
        on
            scores.round_number = meta_models.round_number
            and scores.coverage_id = meta_models.coverage_id
            and scores.meta_model = meta_models.meta_model
            and meta_models.kind = 'ranked meta model'
    where scores.family = 'contribution'

),

pairs as (

    select distinct
        target_vector_id,
        meta_vector_id

    from paired

),

of_pairs as (

    select
        pairs.target_vector_id,
        pairs.meta_vector_id,
        {{ exact_sum('target_values.value * meta_values.value') }} as meta_target

    from pairs
    inner join vector_values as target_values
        on pairs.target_vector_id = target_values.vector_id
    inner join vector_values as meta_values
        on
            pairs.meta_vector_id = meta_values.vector_id
            and target_values.stock_key = meta_values.stock_key
    group by all

)

select
    paired.round_number,
    paired.score,
    paired.score_version,
    paired.target,
    paired.score_day,
    paired.known_at,
    target_products.model_key,
    target_sums.value_scale
    * (
        target_products.product
        - meta_products.product
        * of_pairs.meta_target
        / nullif(meta_sums.total_of_squares, 0)
    )
    / target_sums.n as value

from paired
inner join of_pairs
    on
        paired.target_vector_id = of_pairs.target_vector_id
        and paired.meta_vector_id = of_pairs.meta_vector_id
inner join vector_sums as target_sums on paired.target_vector_id = target_sums.vector_id
inner join vector_sums as meta_sums on paired.meta_vector_id = meta_sums.vector_id
inner join products as target_products
    on
        paired.target_vector_id = target_products.vector_id
        and paired.signal_form = target_products.signal_form
inner join products as meta_products
    on
        paired.meta_vector_id = meta_products.vector_id
        and paired.signal_form = meta_products.signal_form
        and target_products.model_key = meta_products.model_key
