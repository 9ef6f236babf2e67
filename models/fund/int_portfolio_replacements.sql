{#
Grain: matured_round; those that are sold for due rounds. Which round's portfolio replaces each: the first one, by era, that
has a portfolio when the returns of the matured one have ended. A holiday moves an era by a day or two: returns that
end less than half a round later have ended.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

solutions as (

    select * from {{ ref('fct_portfolio_solutions') }}

),

held_rounds as (

    select
        rounds.round_number,
        rounds.era_date,
        rounds.era_date + rounds.calendar_days as end_date,
        rounds.calendar_days / rounds.rounds_at_once / 2 as half_a_round,
        results_due.is_after

    from rounds
    inner join solutions on rounds.round_number = solutions.round_number
    inner join results_due on rounds.round_number = results_due.round_number
    where solutions.stocks_held > 0

),

rounds_due as (

    select * from held_rounds
    where is_after

),

rounds_before as (

    select * from held_rounds
    where not is_after

),

-- Those whose returns had not ended for any round before the due ones.
unreplaced as (

    select matured.*
    from held_rounds as matured
    anti join rounds_before
        on matured.end_date - rounds_before.era_date < rounds_before.half_a_round

)

select
    unreplaced.round_number as matured_round,
    arg_min(
        rounds_due.round_number, (rounds_due.era_date, rounds_due.round_number)
    ) as round_number

from unreplaced
inner join rounds_due
    on unreplaced.end_date - rounds_due.era_date < rounds_due.half_a_round
group by all
