{{ config(
    materialized='incremental',
    meta={'worklist': 'int_diagnosed_models_due', 'keys': ['model_id'], 'redoes': 'true'},
) }}
{#
Grain: model_id, metric, score, score_version, target, compared_with. The summary of each upload over its eras of
validation. Of a score the metric is the statistic alone; of another figure the statistic and its name. Figures that
do not compound have no Sharpe ratio, drawdown, or share of positive eras.
#}
with

moments as (

    select * from {{ ref('int_diagnostic_moments') }}

),

drawdowns as (

    select * from {{ ref('int_diagnostic_drawdowns') }}

),

diagnostic_rules as (

    select * from {{ ref('diagnostic_rules') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

years as (

    select any_value(diagnostic_rules.eras_a_year) as eras_a_year
    from diagnostic_rules
    semi join rounds on diagnostic_rules.tournament = rounds.rule_set

),

measured as (

    select
        moments.*,
        if(moments.is_constant, 0, moments.deviation) as std,
        drawdowns.max_drawdown,
        drawdowns.attained_round,
        moments.mean / nullif(std, 0) as sharpe,
        moments.mean * years.eras_a_year / nullif(drawdowns.max_drawdown, 0) as calmar,
        sharpe / nullif(moments.penalty, 0) as smart_sharpe

    from moments
    left join drawdowns
        using (model_id, metric, score, score_version, target, compared_with)
    cross join years

),

summarized as (

    select
        *,
        unnest([
            'mean', 'std', 'smallest', 'largest', 'sharpe', 'max_drawdown', 'calmar',
            'autocorrelation', 'smart_sharpe', 'share_positive'
        ]) as statistic,
        unnest([
            mean, std, smallest, largest, sharpe, max_drawdown, calmar,
            autocorrelation, smart_sharpe, share_positive
        ]) as value,
        unnest([null, null, smallest_by, largest_by]) as attained_by,
        unnest([
            null, null, smallest_round, largest_round, null, if(max_drawdown > 0, attained_round, null)
        ]) as statistic_round,
        unnest([
            null, null, null, null, 'it is the same in all eras', null, 'nothing was lost',
            'pairs of neighbouring eras are too few, or do not differ',
            'it has no autocorrelation, or one that leaves no deviation'
        ]) as statistic_reason

    from measured

)

select
    model_id,
    if(metric = 'score', statistic, concat(statistic, '_', metric)) as metric,
    score,
    score_version,
    target,
    compared_with,
    factor_set,
    value,
    attained_by,
    statistic_round as attained_round,
    n as era_count,
    case
        when value is not null then null
        when n = 0 then coalesce(null_reason, 'no era has a value')
        when is_constant then 'it is the same in all eras'
        else statistic_reason
    end as null_reason

from summarized
where is_return or statistic in ('mean', 'std', 'smallest', 'largest', 'autocorrelation')
