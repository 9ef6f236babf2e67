{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, news_date. What became known of a round on a day, by content: results, evidence, stakes when the
round closed, final days of series, and how those are registered who have results or a stake. Standings of a day follow from the news up to it.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

results as (

    select * from {{ ref('int_results') }}

),

evidence as (

    select * from {{ ref('int_signal_evidence') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

season_rounds as (

    select * from {{ ref('int_season_rounds') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

entrants as (

    select * from {{ ref('int_entrants') }}

),

due as (

    select
        round_number,
        cast(close_at as date) as close_date

    from results_due
    where is_due

),

due_results as (

    select results.*
    from results
    inner join due on results.round_number = due.round_number

),

results_known as (

    select
        due_results.round_number,
        cast(due_results.known_at as date) as news_date,
        due_results.measure = 'score' as is_score,
        hash(
            due_results.entrant_kind,
            due_results.entrant_id,
            due_results.measure,
            due_results.score,
            due_results.close_at,
            due_results.value,
            entrants.account_id,
            entrants.display_name,
            entrants.created_at,
            entrants.is_ranked
        ) as content

    from due_results
    left join entrants
        on
            due_results.entrant_kind = entrants.entrant_kind
            and due_results.entrant_id = entrants.entrant_id

),

results_gone as (

    select
        round_number,
        cast(until_at as date) as news_date,
        measure = 'score' as is_score,
        hash(entrant_kind, entrant_id, measure, score) as content

    from due_results
    where until_at is not null

),

evidence_known as (

    select
        evidence.round_number,
        cast(evidence.known_at as date) as news_date,
        false as is_score,
        hash(
            evidence.model_id,
            evidence.evidence,
            evidence.value,
            evidence.era_date,
            evidence.calendar_days
        ) as content

    from evidence
    inner join due on evidence.round_number = due.round_number

),

-- A round counts as the newest of a day though nothing is staked in it.
staked as (

    select
        due.round_number,
        due.close_date as news_date,
        false as is_score,
        hash(
            stakes.model_id,
            stakes.stake_nmr,
            stakes.at_risk_nmr,
            entrants.account_id,
            entrants.is_ranked
        ) as content

    from due
    inner join paying_rounds on due.round_number = paying_rounds.round_number
    left join stakes on due.round_number = stakes.round_number
    left join entrants
        on
            stakes.model_id = entrants.entrant_id
            and entrants.entrant_kind = 'model'

),

series as (

    select
        season_rounds.round_number,
        unnest([season_rounds.close_date, season_rounds.final_date]) as news_date,
        false as is_score,
        hash(season_rounds.score) as content

    from season_rounds
    inner join due on season_rounds.round_number = due.round_number

),

news as (

    select * from results_known
    union all
    select * from results_gone
    union all
    select * from evidence_known
    union all
    select * from staked
    union all
    select * from series
    where news_date is not null

)

select
    round_number,
    news_date,
    bool_or(is_score) as has_scores,
    sum(cast(content as hugeint)) as content_hash

from news
group by all
