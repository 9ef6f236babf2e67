{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_due',
}) }}
{#
Grain: entrant_kind, entrant_id, score, as_of_date. The days on which an entrant came to a better rank than ever before. Records
of the days before those due stand as the last build left them.
#}
{% set former = left_by_last_build(
    'int_rank_records',
    entrant_kind='varchar', entrant_id='varchar', score='varchar', as_of_date='date', rank='bigint'
) %}
with

rankings as (

    select * from {{ ref('int_rankings') }}

),

days as (

    select * from {{ ref('int_as_of_dates_due') }}
    where is_due

),

former_records as (

    select
        entrant_kind,
        entrant_id,
        score,
        min(rank) as rank

    from {{ former }}
    where as_of_date < (select min(days.as_of_date) from days)
    group by all

),

ranked as (

    select
        rankings.entrant_kind,
        rankings.entrant_id,
        rankings.score,
        rankings.as_of_date,
        rankings.rank,
        min(rankings.rank) over (
            partition by rankings.entrant_kind, rankings.entrant_id, rankings.score
            order by rankings.as_of_date
            rows between unbounded preceding and 1 preceding
        ) as best_rank_before

    from rankings
    inner join days on rankings.as_of_date = days.as_of_date
    where rankings.rank is not null

)

select
    ranked.entrant_kind,
    ranked.entrant_id,
    ranked.score,
    ranked.as_of_date,
    ranked.rank

from ranked
left join former_records
    on
        ranked.entrant_kind = former_records.entrant_kind
        and ranked.entrant_id = former_records.entrant_id
        and ranked.score = former_records.score
where
    coalesce(
        ranked.rank < least(ranked.best_rank_before, former_records.rank),
        true
    )
