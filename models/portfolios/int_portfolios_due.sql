{#
Grain: round_number. The live rounds whose portfolio is solved now: it hangs on stakes, and is needed as long as
signals are.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

dropouts as (

    select * from {{ ref('int_round_dropouts') }}

),

portfolio_limits as (

    select * from {{ ref('int_round_portfolio_limits') }}

),

trade_rules as (

    select * from {{ ref('int_round_trade_rules') }}

),

limited as (

    select distinct round_number from portfolio_limits

)

select
    rounds_due.round_number,
    dropouts.draws,
    dropouts.dropout,
    dropouts.few_staked,
    dropouts.draws_of_few,
    if(rounds_due.is_stale, trade_rules.largest_stakes, 0) as models_left_out

from rounds_due
inner join limited on rounds_due.round_number = limited.round_number
inner join rounds on rounds_due.round_number = rounds.round_number
inner join dropouts on rounds_due.round_number = dropouts.round_number
left join trade_rules on rounds_due.round_number = trade_rules.round_number
where rounds.kind = 'live' and (rounds_due.is_stale or rounds_due.is_prepared)
