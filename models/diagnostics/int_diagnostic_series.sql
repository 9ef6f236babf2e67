{#
Grain: round_number, model_id, metric, score, score_version, target, compared_with; due models. Every figure of an upload in the
order of eras, beside that of the era before, which is null where the upload or the figure is missing there. Scores of a
target and payouts are returns: they compound.
#}
with

models_due as (

    select * from {{ ref('int_diagnosed_models_due') }}

),

by_era as (

    select * from {{ ref('fct_diagnostics_by_era') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

eras as (

    select
        round_number,
        row_number() over (order by era_date, round_number) as era_number

    from rounds
    where kind = 'validation'

),

series as (

    select
        by_era.*,
        eras.era_number,
        by_era.target not in ('', 'none') or by_era.metric = 'estimated_payout' as is_return

    from by_era
    inner join models_due on by_era.model_id = models_due.model_id
    inner join eras on by_era.round_number = eras.round_number

)

select
    *,
    if(
        era_number = lag(era_number) over in_order + 1,
        lag(value) over in_order,
        null
    ) as former_value,
    -- A hair's breadth is left to who has lost everything, for the logarithm.
    sum(cast(ln(greatest(1 + coalesce(value, 0), 1e-12)) as decimal(38, 18))) over in_order
        as log_wealth

from series
window
    in_order as (
        partition by model_id, metric, score, score_version, target, compared_with
        order by era_number
    )
