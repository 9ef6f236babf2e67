{{ config(materialized='view') }}
{#
Grain: round_number. What the N and factors of each landed round would be packed from now, as a fingerprint: the
universe, N, the factors, and the rules on their sets; and whether what is held was packed from the same.
#}
{% set loadings = left_by_last_build(
    'int_factor_loadings', round_number='integer', fingerprint='varchar'
) %}
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
        round_number,
        fingerprint
    from {{ loadings }}

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
    round_number,
    fingerprints.kind,
    fingerprints.fingerprint,
    held.round_number is not null as is_held,
    (held.fingerprint is not distinct from fingerprints.fingerprint) as is_level

from fingerprints
full join held using (round_number)
