{#
Grain: vector_id, stock_key. The values of each score vector, divided by the largest, so that sums stay in
range; value_scale is what they were divided by.
#}
with

vectors as (

    select distinct * exclude (signal_form)
    from {{ ref('int_score_vectors') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

),

ranked_meta_models as (

    select * from {{ ref('int_meta_models_ranked') }}

),

of_targets as (

    select
        vectors.round_number,
        vectors.vector_id,
        targets.stock_key,
        case vectors.kind
            when 'target' then targets.value - vectors.target_mean
            when 'powered target' then {{ pow15('(targets.value - vectors.target_mean)') }}
            when 'target for contributions'
                then (targets.value - vectors.shared_mean) * if(vectors.is_binned, 4, 1)
        end as value

    from vectors
    inner join targets
        on
            vectors.round_number = targets.round_number
            and vectors.target = targets.target
            and vectors.score_day = targets.score_day
            and vectors.known_at = targets.known_at
    where vectors.kind != 'ranked target'

    union all

    select
        vectors.round_number,
        vectors.vector_id,
        targets.stock_key,
        {{ doubled_rank('values_in_order') }} - vectors.stock_count - 1 as value

    from vectors
    inner join targets
        on
            vectors.round_number = targets.round_number
            and vectors.target = targets.target
            and vectors.score_day = targets.score_day
            and vectors.known_at = targets.known_at
    where vectors.kind = 'ranked target'
    window values_in_order as (partition by vectors.vector_id order by targets.value)

),

of_meta_models as (

    select
        vectors.round_number,
        vectors.vector_id,
        meta_models.stock_key,
        meta_models.value

    from vectors
    inner join meta_models
        on
            vectors.round_number = meta_models.round_number
            and vectors.meta_model = meta_models.meta_model
    where vectors.kind = 'meta model'

    union all

    select
        vectors.round_number,
        vectors.vector_id,
        ranked_meta_models.stock_key,
        ranked_meta_models.gaussian as value

    from vectors
    inner join ranked_meta_models
        on
            vectors.round_number = ranked_meta_models.round_number
            and vectors.coverage_id = ranked_meta_models.coverage_id
            and vectors.meta_model = ranked_meta_models.meta_model
    where vectors.kind = 'ranked meta model'

),

unscaled as (

    select * from of_targets
    union all
    select * from of_meta_models

),

scales as (

    select
        vector_id,
        max(abs(value)) as value_scale

    from unscaled
    group by all

)

select
    unscaled.round_number,
    unscaled.vector_id,
    unscaled.stock_key,
    coalesce(unscaled.value / nullif(scales.value_scale, 0), 0) as value,
    scales.value_scale

from unscaled
inner join scales on unscaled.vector_id = scales.vector_id
