{#
Grain: round_number, model_id; due rounds. What a model's own portfolio trades in as many days as its returns take: the
sum of its turnovers from submission to submission in the days up to the round's era, the whole portfolio at most. It
cannot differ by more from the portfolio that it replaces. A submission without a turnover against any in its stability
window trades the whole.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

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

spans as (

    select
        rounds.round_number,
        earlier.round_number as traded_round

    from rounds
    inner join rounds as earlier
        on
            earlier.era_date > rounds.era_date - rounds.calendar_days
            and (earlier.era_date, earlier.round_number)
            <= (rounds.era_date, rounds.round_number)
    where
        rounds.round_number in (
            select results_due.round_number from results_due
            where results_due.is_due
        )

),

traded_rounds as (

    select distinct traded_round from spans

),

comparisons as (

    select
        stability.round_number,
        stability.model_id,
        arg_max(
            stability.turnover, (calendar.era_date, calendar.round_number)
        ) as turnover

    from stability
    inner join traded_rounds on stability.round_number = traded_rounds.traded_round
    inner join calendar on stability.lag_round = calendar.round_number
    where stability.turnover is not null
    group by all

),

traded as (

    select
        submissions.round_number,
        submissions.model_id,
        coalesce(comparisons.turnover, 1) as turnover

    from submissions
    inner join traded_rounds on submissions.round_number = traded_rounds.traded_round
    left join comparisons
        on
            submissions.round_number = comparisons.round_number
            and submissions.model_id = comparisons.model_id
    where submissions.status = 'accepted'

)

select
    spans.round_number,
    traded.model_id,
    least({{ exact_sum('traded.turnover') }}, 1) as turnover

from spans
inner join traded on spans.traded_round = traded.round_number
group by all
having bool_or(traded.round_number = spans.round_number)
