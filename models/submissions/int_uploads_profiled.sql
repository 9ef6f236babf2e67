{#
Grain: round_number, model_key, submitted_at. Each upload in one row: what its verdict is taken from. Without any
number, none is out of bounds; that they are missing is counted beside. A participant may send any double: the
deviation leaves out those whose squares would not add up, which are out of bounds anyway. Stocks are told apart by a
bit each, which takes an eighth of the time of a distinct count.
#}
{% set key_bound = largest_key(ref('int_stock_keys'), 'stock_key') %}
with

signals as (

    select * from {{ ref('int_signals_matched') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

universe_sizes as (

    select
        round_number,
        count(*) as stock_count

    from universe
    group by all

),

profiled as (

    select
        round_number,
        model_key,
        submitted_at,
        count(*) filter (where not has_id) as missing_ids,
        count(*) filter (where has_id and stock_key is null) as unknown_ids,
        count(stock_key) as known_ids,
        coalesce(bit_count(bitstring_agg(stock_key, 0, {{ key_bound }})), 0) as known_stocks,
        count(*) filter (
            where stock_key is not null and (signal is null or isnan(signal))
        ) as missing_signals,
        coalesce(
            min(signal) filter (where stock_key is not null and not isnan(signal)), 0
        ) as smallest_signal,
        coalesce(
            max(signal) filter (where stock_key is not null and not isnan(signal)), 0
        ) as largest_signal,
        stddev_samp(signal) filter (
            where stock_key is not null and abs(signal) < 1e100
        ) as signal_deviation

    from signals
    group by all

)

select
    profiled.*,
    profiled.known_ids - profiled.known_stocks as repeated_ids,
    universe_sizes.stock_count - profiled.known_stocks as unnamed_stocks,
    greatest(epoch(rounds.open_at - profiled.submitted_at) / 86400, 0) as days_before_opening

from profiled
inner join rounds on profiled.round_number = rounds.round_number
left join universe_sizes on profiled.round_number = universe_sizes.round_number
