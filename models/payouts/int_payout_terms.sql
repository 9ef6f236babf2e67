{{ config(materialized='view') }}
{#
Grain: round_number, model_id, known_at, score, score_version. What each score of a rule adds to a staked model's payout,
by what was known; without settled_at while it is not settled.
#}
with

settled_terms as (

    select * from {{ ref('int_settled_terms') }}

),

pending_terms as (

    select * from {{ ref('int_pending_terms') }}

)

select * from settled_terms
union all by name
select * from pending_terms
