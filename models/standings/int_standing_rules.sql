{{ config(materialized='view') }}
{# Grain: one row. The rules that standings follow from beside those of rounds, by content. #}
with

reputation_windows as (

    select * from {{ ref('reputation_windows') }}

),

return_windows as (

    select * from {{ ref('return_windows') }}

),

season_rules as (

    select * from {{ ref('season_rules') }}

),

title_rules as (

    select * from {{ ref('title_rules') }}

),

contribution_rules as (

    select * from {{ ref('contribution_rules') }}

)

select hash(
    {{ var('formula_version') }},
    (select sum(cast(hash(reputation_windows) as hugeint)) from reputation_windows),
    (select sum(cast(hash(return_windows) as hugeint)) from return_windows),
    (select sum(cast(hash(season_rules) as hugeint)) from season_rules),
    (select sum(cast(hash(title_rules) as hugeint)) from title_rules),
    (select sum(cast(hash(contribution_rules) as hugeint)) from contribution_rules)
) as rules_hash
