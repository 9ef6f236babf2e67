{#
Grain: round_number, model_id. The operator's own models of each round, benchmarks and examples: those registered by the
close, so that a new one leaves earlier rounds as they are; in rounds of validation, all of them.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

models as (

    select * from {{ ref('int_models_known') }}

)

select
    rounds.round_number,
    models.model_id,
    models.is_benchmark

from rounds
inner join models
    on
        (models.is_benchmark or models.is_example)
        and (
            coalesce(models.created_at <= rounds.close_at, true)
            or rounds.kind = 'validation'
        )
