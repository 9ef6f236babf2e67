{#
Grain: account_id, season, score, event_date. What each day adds to an account's season, since the day that its sums are
carried on from: round scores that became known, were revised or taken back; and qualified rounds, those with the stake
at risk that the rule asks for, which count while they are resolved.
#}
with

season_days as (

    select * from {{ ref('int_season_days') }}

),

news as (

    select * from {{ ref('int_round_news') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

results as (

    select * from {{ ref('int_results') }}

),

changes as (

    select * from {{ ref('int_season_changes') }}

),

account_stakes as (

    select * from {{ ref('int_account_stakes') }}

),

season_rules as (

    select * from {{ ref('season_rules') }}

),

seasons as (

    select distinct
        season,
        coalesce(base_date, '-infinity') as base_date

    from season_days
    where is_due

),

changed_rounds as (

    select distinct
        news.round_number,
        paying_rounds.rule_set,
        seasons.season,
        seasons.base_date

    from news
    inner join paying_rounds on news.round_number = paying_rounds.round_number
    inner join seasons
        on
            {{ season('paying_rounds.close_at') }} = seasons.season
            and news.news_date > seasons.base_date

),

scores as (

    select
        results.entrant_id as account_id,
        changed_rounds.season,
        changed_rounds.base_date,
        results.score,
        {{ score_for_sums('results.value') }} as value,
        cast(results.known_at as date) as known_date,
        cast(results.until_at as date) as until_date

    from results
    inner join changed_rounds on results.round_number = changed_rounds.round_number
    where results.entrant_kind = 'account' and results.measure = 'score'

),

qualified as (

    select
        account_stakes.account_id,
        account_stakes.round_number,
        changed_rounds.season,
        changed_rounds.base_date

    from account_stakes
    inner join changed_rounds on account_stakes.round_number = changed_rounds.round_number
    inner join season_rules
        on
            changed_rounds.rule_set = season_rules.tournament
            and account_stakes.at_risk_nmr >= season_rules.minimum_at_risk_nmr

),

events as (

    select
        account_id,
        season,
        base_date,
        score,
        known_date as event_date,
        value as value_change,
        0 as qualified_change

    from scores

    union all

    select
        account_id,
        season,
        base_date,
        score,
        until_date as event_date,
        -value as value_change,
        0 as qualified_change

    from scores
    where until_date is not null

    union all

    select
        qualified.account_id,
        qualified.season,
        qualified.base_date,
        changes.score,
        changes.change_date as event_date,
        0 as value_change,
        changes.resolved_change as qualified_change

    from qualified
    inner join changes on qualified.round_number = changes.round_number

)

select
    account_id,
    season,
    score,
    event_date,
    sum(value_change) as value_change,
    sum(qualified_change) as qualified_change

from events
where event_date > base_date
group by all
