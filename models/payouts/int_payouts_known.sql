{{ config(materialized='view') }}
{#
Grain: round_number, model_id, known_at. When the payout of each stake became known: settled, then maybe revised; without
settled_at while it is not settled.
#}
with

settlements as (

    select * from {{ ref('int_settlements') }}

),

pending_payouts as (

    select * from {{ ref('int_pending_payouts') }}

)

select * from settlements
union all by name
select * from pending_payouts
