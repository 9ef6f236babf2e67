{{ config(materialized='view') }}
{#
Grain: round_number. What the universe, N and factors of each landed round would be made from now, as a fingerprint:
these themselves, and the rules on their sets; and whether what is held was made from the same.
#}
{% set loadings = left_by_last_build(
    'int_factor_loadings', round_number='integer', fingerprint='varchar'
) %}
{% set universe = left_by_last_build('int_universe', round_number='integer') %}
with

rounds_landed as (

    select * from {{ ref('int_rounds_landed') }}

),

round_factor_sets as (

    select * from {{ ref('int_round_factor_sets') }}

),

neutral_sets as (

    select * from {{ ref('int_round_neutral_sets') }}

),

held as (

    select distinct
        loadings.round_number,
        loadings.fingerprint
    from {{ loadings }} as loadings
    semi join {{ universe }} as universe on loadings.round_number = universe.round_number

),

rules as (

    select
        round_number,
        concat('of ', factor_set, ': ', factor_pattern) as rule
    from round_factor_sets

    union all

    select
        round_number,
        concat('outside ', factor_set) as rule
    from neutral_sets

),

listed_rules as (

    select
        round_number,
        string_agg(rule, ', ' order by rule) as rules

    from rules
    group by all

),

fingerprints as (

    select
        rounds_landed.round_number,
        rounds_landed.kind,
        md5(concat_ws(', ', rounds_landed.columns_fingerprint, listed_rules.rules)) as fingerprint

    from rounds_landed
    left join listed_rules on rounds_landed.round_number = listed_rules.round_number

)

select
    fingerprints.*,
    coalesce(held.fingerprint = fingerprints.fingerprint, false) as is_level

from fingerprints
left join held on fingerprints.round_number = held.round_number
