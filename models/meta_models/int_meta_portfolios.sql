{#
Grain: round_number, meta_model, stock_key. SWP of each stale round: the stake-weighted mean of neutral
weights, centred over the universe and divided by the sum of its absolute values.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

shares as (

    select * from {{ ref('int_stake_shares') }}

),

neutral_weights as (

    select * from {{ ref('int_neutral_weights') }}

),

blends as (

    select
        shares.round_number,
        neutral_weights.stock_key,
        sum(shares.stake_share * neutral_weights.weight) as blend

    from shares
    inner join rounds_due on shares.round_number = rounds_due.round_number
    inner join neutral_weights
        on
            shares.round_number = neutral_weights.round_number
            and shares.model_key = neutral_weights.model_key
    where rounds_due.is_stale and shares.at_risk_nmr > 0
    group by all

),

centred as (

    select
        round_number,
        stock_key,
        blend - avg(blend) over (partition by round_number) as blend

    from blends

),

normalised as (

    select
        round_number,
        'SWP' as meta_model,
        stock_key,
        blend / nullif(sum(abs(blend)) over (partition by round_number), 0) as value

    from centred

)

select * from normalised
where value is not null
