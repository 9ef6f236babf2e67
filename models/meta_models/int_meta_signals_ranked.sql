{#
Grain: round_number, model_key, stock_key. The meta models of stale rounds, ranked on their whole universe as signals
are, under keys of their own.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

)

select
    meta_models.round_number,
    meta_models.meta_model as model_id,
    cast(dense_rank() over (order by meta_models.meta_model) as integer) as model_key,
    meta_models.stock_key,
    {{ doubled_rank('values_in_order') }} as doubled_rank

from meta_models
inner join rounds_due on meta_models.round_number = rounds_due.round_number
where rounds_due.is_stale and meta_models.meta_model != 'SWP'
window
    values_in_order as (
        partition by meta_models.round_number, meta_models.meta_model
        order by meta_models.value
    )
