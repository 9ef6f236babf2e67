{#
Grain: round_number. The worklist of altered trades: every round that has portfolios without a model, or had when the last
build was done. is_due: its stakes were redone, or the fund trades something else for it than the ledger says.
#}
{% set ledger = left_by_last_build(
    'int_altered_trades_built',
    round_number='integer', fingerprint='hugeint'
) %}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

trades as (

    select * from {{ ref('int_portfolio_turnovers') }}

),

trade_rules as (

    select * from {{ ref('int_round_trade_rules') }}

),

before as (

    select
        round_number,
        fingerprint
    from {{ ledger }}

),

landed as (

    select
        trades.round_number,
        trade_rules.smallest_trade,
        trade_rules.same_within,
        trades.content_hash as fingerprint

    from trades
    inner join trade_rules on trades.round_number = trade_rules.round_number

)

select
    round_number,
    landed.smallest_trade,
    landed.same_within,
    landed.fingerprint,
    (landed.fingerprint is distinct from before.fingerprint)
    or round_number in (
        select rounds_due.round_number from rounds_due
        where rounds_due.is_stale
    ) as is_due

from landed
full join before using (round_number)
