{{ config(materialized='view') }}
{#
Grain: round_number, factor_set, factor_pattern. What the factor sets of a round's scores, and of its portfolio
(`portfolio_factors`), are made of; a name may join several sets with a plus.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

factor_sets as (

    select * from {{ ref('factor_sets') }}

),

wanted_sets as (

    select
        round_number,
        factor_set

    from round_scores
    where factor_set is not null

    union

    select
        round_number,
        'portfolio_factors' as factor_set

    from rounds
    where kind is distinct from 'validation'

),

named_sets as (

    select
        round_number,
        factor_set,
        unnest(string_split(factor_set, '+')) as part

    from wanted_sets

)

select distinct
    named_sets.round_number,
    named_sets.factor_set,
    factor_sets.factor_pattern

from named_sets
inner join rounds on named_sets.round_number = rounds.round_number
inner join factor_sets
    on
        rounds.rule_set = factor_sets.tournament
        and named_sets.part = factor_sets.factor_set
