{#
Grain: vector_id, model_key. Each score vector times each signal, in the transform that it meets: the one pass
over the signals that a new target day costs.
#}
with

vectors as (

    select * from {{ ref('int_score_vectors') }}

),

vector_values as (

    select * from {{ ref('int_vector_values') }}

),

signals as (

    select * from {{ ref('int_scored_signals') }}

),

quantiles as (

    select * from {{ ref('int_normal_quantiles') }}

),

placed as (

    select
        vectors.round_number,
        vectors.coverage_id,
        vectors.signal_form,
        vectors.transform,
        vectors.stock_count,
        vector_values.vector_id,
        vector_values.stock_key,
        vector_values.value

    from vectors
    inner join vector_values on vectors.vector_id = vector_values.vector_id
    where vectors.is_multiplied

)

select
    placed.vector_id,
    signals.model_key,
    {{ exact_sum('placed.value * ' ~ transformed_rank('placed.transform')) }} as product

from placed
inner join signals
    on
        placed.round_number = signals.round_number
        and placed.coverage_id = signals.coverage_id
        and placed.signal_form = signals.signal_form
        and placed.stock_key = signals.stock_key
inner join quantiles
    on
        placed.stock_count = quantiles.stock_count
        and signals.doubled_rank = quantiles.doubled_rank
group by all
