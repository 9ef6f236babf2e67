{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_due',
}) }}
{#
Grain: as_of_date, model_id. Models that stand higher by mean True Contribution over a year than by mean
CORR, by a share of the field that the rule calls much, by what was known on the day. Both are ranked among
the models that have both.
#}
with

standings as (

    select
        *,
        entrant_id as model_id

    from {{ ref('int_standings') }}
    where entrant_kind = 'model'

),

contribution_rules as (

    select * from {{ ref('contribution_rules') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

rules as (

    select contribution_rules.*
    from contribution_rules
    semi join rounds on contribution_rules.tournament = rounds.rule_set

),

compared as (

    select
        contributions.as_of_date,
        contributions.model_id,
        contributions.account_id,
        contributions.reputation as mean_tc,
        rules.corr_metric,
        correlations.reputation as mean_corr,
        contributions.round_count,
        contributions.stake_nmr,
        rules.minimum_percentile_gap,
        {{ comparable_score('contributions.reputation') }} as comparable_tc,
        {{ comparable_score('correlations.reputation') }} as comparable_corr

    from standings as contributions
    inner join standings as correlations
        on
            contributions.model_id = correlations.model_id
            and contributions.as_of_date = correlations.as_of_date
    inner join rules
        on
            correlations.score = rules.corr_metric
            and contributions.round_count >= rules.minimum_rounds
    where contributions.score = 'tc'

),

placed as (

    select
        *,
        ({{ doubled_rank('by_tc') }} - 1) / (2 * count(*) over the_day) as tc_percentile,
        ({{ doubled_rank('by_corr') }} - 1) / (2 * count(*) over the_day) as corr_percentile

    from compared
    window
        the_day as (partition by as_of_date),
        by_tc as (partition by as_of_date order by comparable_tc),
        by_corr as (partition by as_of_date order by comparable_corr)

)

select
    as_of_date,
    model_id,
    account_id,
    mean_tc,
    tc_percentile,
    corr_metric,
    mean_corr,
    corr_percentile,
    tc_percentile - corr_percentile as percentile_gap,
    round_count,
    stake_nmr

from placed
where {{ comparable_score('tc_percentile - corr_percentile') }} >= minimum_percentile_gap
