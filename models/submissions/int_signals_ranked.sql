{{ config(materialized='incremental', meta={'redoes': 'is_prepared or is_pruned'}) }}
{#
Grain: round_number, model_key, stock_key; the whole universe of each accepted submission of a held round.
doubled_rank is twice the average rank. Absent stocks are filled with 0.5 and the universe is ranked again,
by counting: known ranks below the middle stay, those above it move up by the number filled, and the filled
ones share the middle with the known ones that stand exactly there.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

signals as (

    select * from {{ ref('int_signals_matched') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

accepted as (

    select submissions.*
    from submissions
    inner join rounds_due on submissions.round_number = rounds_due.round_number
    where submissions.status = 'accepted' and rounds_due.is_prepared

),

known as (

    select
        signals.round_number,
        signals.model_key,
        signals.stock_key,
        {{ doubled_rank('signals_in_order') }} as doubled_rank

    from signals
    inner join accepted
        on
            signals.round_number = accepted.round_number
            and signals.model_key = accepted.model_key
            and signals.submitted_at = accepted.submitted_at
    where signals.stock_key is not null
    window signals_in_order as (
        partition by signals.round_number, signals.model_key order by signals.signal
    )

),

fills as (

    select
        accepted.round_number,
        accepted.model_key,
        accepted.stocks_matched,
        accepted.stocks_filled,
        count(*) filter (where known.doubled_rank - 1 < accepted.stocks_matched)
            as below_middle,
        count(*) filter (where known.doubled_rank - 1 = accepted.stocks_matched)
            as at_middle

    from accepted
    inner join known
        on
            accepted.round_number = known.round_number
            and accepted.model_key = known.model_key
    group by all

),

filled as (

    select
        universe.round_number,
        fills.model_key,
        universe.stock_key,
        case
            when known.doubled_rank - 1 < fills.stocks_matched then known.doubled_rank
            when known.doubled_rank - 1 > fills.stocks_matched
                then known.doubled_rank + 2 * fills.stocks_filled
            else 2 * fills.below_middle + fills.at_middle + fills.stocks_filled + 1
        end as doubled_rank

    from fills
    inner join universe on fills.round_number = universe.round_number
    left join known
        on
            fills.round_number = known.round_number
            and fills.model_key = known.model_key
            and universe.stock_key = known.stock_key

)

select
    round_number,
    model_key,
    stock_key,
    cast(doubled_rank as integer) as doubled_rank

from filled
