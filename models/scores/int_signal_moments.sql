{#
Grain: round_number, coverage_id, signal_form, transform, model_key. What correlations need of each signal alone.
#}
with

vectors as (

    select * from {{ ref('int_score_vectors') }}

),

signals as (

    select * from {{ ref('int_scored_signals') }}

),

quantiles as (

    select * from {{ ref('int_normal_quantiles') }}

),

wanted as (

    select distinct
        round_number,
        coverage_id,
        signal_form,
        transform,
        stock_count

    from vectors
    where transform != 'gaussian' and is_multiplied

)

select
    wanted.round_number,
    wanted.coverage_id,
    wanted.signal_form,
    wanted.transform,
    signals.model_key,
    {{ exact_sum(transformed_rank('wanted.transform')) }} as total,
    {{ exact_sum('pow(' ~ transformed_rank('wanted.transform') ~ ', 2)') }} as total_of_squares

from wanted
inner join signals
    on
        wanted.round_number = signals.round_number
        and wanted.coverage_id = signals.coverage_id
        and wanted.signal_form = signals.signal_form
inner join quantiles
    on
        wanted.stock_count = quantiles.stock_count
        and signals.doubled_rank = quantiles.doubled_rank
group by all
