{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, score. The live rounds of each season, by official series: when the final scores of a round first became
known, with values or without. A season is closed when they are of each of its rounds. Nothing is awaited of a round in
which no submission is accepted, nor of a series that is only taken elsewhere.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

submissions as (

    select * from {{ ref('fct_submissions') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

due as (

    select
        results_due.round_number,
        paying_rounds.close_at

    from results_due
    inner join paying_rounds on results_due.round_number = paying_rounds.round_number
    where results_due.is_due

),

finals as (

    select
        revisions.round_number,
        revisions.metric as score,
        min(cast(revisions.known_at as date)) as final_date

    from revisions
    inner join due on revisions.round_number = due.round_number
    where revisions.is_final and revisions.is_canon
    group by all

),

awaited as (

    select distinct
        submissions.round_number,
        round_scores.metric as score

    from submissions
    inner join due on submissions.round_number = due.round_number
    inner join round_scores on submissions.round_number = round_scores.round_number
    where
        submissions.status = 'accepted'
        and round_scores.metric is not null
        and round_scores.family != 'landed'

)

select
    round_number,
    score,
    {{ season('due.close_at') }} as season,
    cast(due.close_at as date) as close_date,
    finals.final_date

from awaited
full join finals using (round_number, score)
inner join due using (round_number)
