{#
Grain: round_number, model_id. What a model's own portfolio trades in as many days as its returns take: the sum of its
turnovers from submission to submission in the days up to the round's era, the whole portfolio at most. That is the
most by which it can differ from the portfolio that it replaces. A submission with nothing comparable before it in its
stability window trades the whole.
#}
with

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

submissions as (

    select * from {{ ref('fct_submissions') }}

),

stability as (

    select * from {{ ref('fct_stability') }}

),

calendar as (

    select * from {{ ref('dim_rounds') }}

),

comparisons as (

    select
        stability.round_number,
        stability.model_id,
        arg_max(
            stability.turnover, (calendar.era_date, calendar.round_number)
        ) as turnover

    from stability
    inner join calendar on stability.lag_round = calendar.round_number
    where stability.is_comparable
    group by all

),

steps as (

    select
        rounds.round_number,
        submissions.model_id,
        rounds.era_date,
        rounds.calendar_days,
        cast(coalesce(comparisons.turnover, 1) as decimal(18, 15)) as turnover

    from rounds
    inner join submissions on rounds.round_number = submissions.round_number
    left join comparisons
        on
            submissions.round_number = comparisons.round_number
            and submissions.model_id = comparisons.model_id
    where submissions.status = 'accepted'

)

select
    round_number,
    model_id,
    least(cast(sum(turnover) over the_days_before as double), 1) as turnover

from steps
window
    the_days_before as (
        partition by model_id
        order by era_date
        range between to_days(calendar_days - 1) preceding and current row
    )
