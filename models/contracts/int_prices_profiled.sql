{#
Grain: round_number (0: prices/ has no rounds), subject. What the contract of prices/ is judged on: when a round is due, and
as long as something is wrong.
#}
with

prices as (

    select * from {{ ref('stg_tournament__prices') }}

),

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

compared as (

    select
        *,
        count(distinct nmr_usd) over (partition by day) as prices_of_day

    from prices

),

landed as (

    select
        count(*) as price_count,
        {{
            count_faults(
                'unusable_prices',
                'day is null or not ' ~ is_price('nmr_usd'),
                'day'
            )
        }},
        {{ count_faults('differing_prices', 'day is not null and prices_of_day > 1', 'day') }}

    from compared

)

select
    0 as round_number,
    'prices' as subject,
    * exclude (price_count)

from landed
where
    price_count > 0
    and (
        unusable_prices + differing_prices > 0
        or exists (
            select candidates.round_number
            from candidates
            where candidates.is_stale or candidates.is_prepared
        )
    )
