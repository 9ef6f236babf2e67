{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_due',
}) }}
{#
Grain: as_of_date, model_id. Stakes on models whose mean True Contribution over a year is below that of
another model of the same account, by what was known on the day; stakes that are not at risk count too.
#}
with

standings as (

    select
        *,
        entrant_id as model_id

    from {{ ref('int_standings') }}
    where entrant_kind = 'model'

),

contributions as (

    select
        as_of_date,
        account_id,
        model_id,
        stake_nmr,
        at_risk_nmr,
        reputation as mean_tc,
        {{ comparable_score('reputation') }} as comparable_tc

    from standings
    where score = 'tc' and account_id is not null

),

accounts as (

    select
        as_of_date,
        account_id,
        max(comparable_tc) as best_tc,
        {{ exact_sum_of_amounts('stake_nmr') }} as stake_nmr,
        max(stake_nmr) as largest_stake_nmr

    from contributions
    group by all

),

best_models as (

    select *
    from contributions
    qualify
        row_number() over (
            partition by as_of_date, account_id order by comparable_tc desc, model_id asc
        ) = 1

)

select
    contributions.as_of_date,
    contributions.account_id,
    contributions.model_id,
    contributions.stake_nmr,
    contributions.at_risk_nmr,
    contributions.stake_nmr / accounts.stake_nmr as stake_share,
    contributions.stake_nmr = accounts.largest_stake_nmr as is_largest_stake,
    contributions.mean_tc,
    best_models.model_id as better_model_id,
    best_models.mean_tc as better_mean_tc,
    best_models.stake_nmr as better_stake_nmr,
    (best_models.mean_tc - contributions.mean_tc) * contributions.stake_nmr as shortfall

from contributions
inner join accounts
    on
        contributions.as_of_date = accounts.as_of_date
        and contributions.account_id = accounts.account_id
inner join best_models
    on
        contributions.as_of_date = best_models.as_of_date
        and contributions.account_id = best_models.account_id
where
    contributions.stake_nmr > 0
    and contributions.comparable_tc < accounts.best_tc
