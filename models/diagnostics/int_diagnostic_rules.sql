{{ config(materialized='view') }}
{# Grain: one row. What diagnostics are taken by, beside the rules of their rounds, by content. #}
with

diagnostic_rules as (

    select * from {{ ref('diagnostic_rules') }}

),

payout_rules as (

    select * from {{ ref('payout_rules') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

)

select hash(
    {{ var('formula_version') }},
    (select sum(cast(hash(diagnostic_rules) as hugeint)) from diagnostic_rules),
    (select sum(cast(hash(payout_rules) as hugeint)) from payout_rules),
    (select sum(cast(hash(payout_terms) as hugeint)) from payout_terms)
) as rules_hash
