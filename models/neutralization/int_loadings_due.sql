{#
Grain: round_number. The rounds whose N and factors are packed anew, or dropped. What is held is told by the fingerprint
that stands beside it: of the universe, N, the factors, and the rules on their sets. So an upload to a round makes none of
it anew. Rounds of validation keep theirs when their signals are dropped: uploads come to them for years.
#}
{% set loadings = left_by_last_build(
    'int_factor_loadings', round_number='integer', fingerprint='varchar'
) %}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

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
        rounds_due.round_number,
        rounds_due.is_prepared and rounds_landed.round_number is not null as is_wanted,
        rounds_landed.round_number is null
        or (rounds_due.is_pruned and rounds_landed.kind is distinct from 'validation') as is_dropped,
        if(
            is_wanted,
            md5(concat_ws(', ', rounds_landed.columns_fingerprint, listed_rules.rules)),
            null
        ) as fingerprint

    from rounds_due
    left join rounds_landed on rounds_due.round_number = rounds_landed.round_number
    left join listed_rules on rounds_due.round_number = listed_rules.round_number

)

select
    fingerprints.round_number,
    fingerprints.fingerprint,
    fingerprints.is_wanted as is_made

from fingerprints
left join held on fingerprints.round_number = held.round_number
where
    held.fingerprint is distinct from fingerprints.fingerprint
    and (fingerprints.is_wanted or fingerprints.is_dropped)
