{#
Grain: stock_set, round_number, stock_key. The stocks that signals (`signal`: the universe) and neutral weights (`weight`:
those in N) of the rounds to compare stand on.
#}
with

pairs as (

    select * from {{ ref('int_stability_pairs') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

bases as (

    select * from {{ ref('int_neutral_bases') }}

),

rounds as (

    select round_number from pairs
    union
    select lag_round from pairs

),

stocks as (

    select
        'signal' as stock_set,
        universe.round_number,
        universe.stock_key

    from universe
    inner join rounds on universe.round_number = rounds.round_number

    union all

    select distinct
        'weight' as stock_set,
        bases.round_number,
        bases.stock_key

    from bases
    inner join rounds on bases.round_number = rounds.round_number
    where bases.basis = 'projection'

)

select
    stock_set,
    round_number,
    stock_key,
    count(*) over (partition by stock_set, round_number) as stock_count

from stocks
