{#
Grain: round_number, model_id. What a model's own portfolio trades in as many days as its returns take: the sum of its
turnovers from submission to submission in the days up to the round's era, the whole portfolio at most. It cannot
differ by more from the portfolio that it replaces. A submission without a turnover against any in its stability
window trades the whole.
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
    where stability.turnover is not null
    group by all

),

traded as (

    select
        rounds.round_number,
        submissions.model_id,
        rounds.era_date,
        rounds.era_date - rounds.calendar_days as span_start,
        sum(cast(coalesce(comparisons.turnover, 1) as decimal(18, 15))) over (
            partition by submissions.model_id order by rounds.era_date, rounds.round_number
        ) as turnover_so_far

    from rounds
    inner join submissions on rounds.round_number = submissions.round_number
    left join comparisons
        on
            submissions.round_number = comparisons.round_number
            and submissions.model_id = comparisons.model_id
    where submissions.status = 'accepted'

)

select
    traded.round_number,
    traded.model_id,
    least(
        cast(traded.turnover_so_far - coalesce(before.turnover_so_far, 0) as double), 1
    ) as turnover

from traded
asof left join traded as before
    on
        traded.model_id = before.model_id
        and traded.span_start >= before.era_date
