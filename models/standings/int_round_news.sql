{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, news_date. What became known of a round on a day, by content: results, evidence, stakes when the
round closed, and how those are registered who have results. Standings of a day follow from the news up to it.
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

results_known as (

    select
        results.round_number,
        cast(results.known_at as date) as news_date,
        results.measure = 'score' as is_score,
        hash(
            results.entrant_kind,
            results.entrant_id,
            results.measure,
            results.score,
            results.close_at,
            results.value,
            entrants.account_id,
            entrants.display_name,
            entrants.created_at
        ) as content

    from results
    inner join due on results.round_number = due.round_number
    left join entrants
        on
            results.entrant_kind = entrants.entrant_kind
            and results.entrant_id = entrants.entrant_id

),

results_gone as (

    select
        results.round_number,
        cast(results.until_at as date) as news_date,
        results.measure = 'score' as is_score,
        hash(
            results.entrant_kind, results.entrant_id, results.measure, results.score, 'gone'
        ) as content

    from results
    inner join due on results.round_number = due.round_number
    where results.until_at is not null

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

staked as (

    select
        due.round_number,
        due.close_date as news_date,
        false as is_score,
        hash(stakes.model_id, stakes.stake_nmr, stakes.at_risk_nmr) as content

    from due
    inner join paying_rounds on due.round_number = paying_rounds.round_number
    inner join stakes on due.round_number = stakes.round_number

),

news as (

    select * from results_known
    union all
    select * from results_gone
    union all
    select * from evidence_known
    union all
    select * from staked

)

select
    round_number,
    news_date,
    bool_or(is_score) as has_scores,
    sum(cast(content as hugeint)) as content_hash

from news
group by all
