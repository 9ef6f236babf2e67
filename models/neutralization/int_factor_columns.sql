{#
Grain: round_number, factor_set, stock_key, factor. The columns that signals are neutralized to, or measured
against: N, as the set `neutralizers`, and the landed factors of each set that a score names.
#}
with

loadings_due as (

    select * from {{ ref('int_loadings_due') }}

),

round_factor_sets as (

    select * from {{ ref('int_round_factor_sets') }}

),

factors as (

    select * from {{ ref('stg_tournament__factors') }}

),

neutralizers as (

    select * from {{ ref('stg_tournament__neutralizers') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

made as (

    select round_number
    from loadings_due
    where is_made

),

landed_factors as (

    select distinct
        factors.round_number,
        factors.factor

    from factors
    inner join made on factors.round_number = made.round_number

),

members as (

    select distinct
        landed_factors.round_number,
        round_factor_sets.factor_set,
        landed_factors.factor

    from landed_factors
    inner join round_factor_sets
        on
            landed_factors.round_number = round_factor_sets.round_number
            and landed_factors.factor glob round_factor_sets.factor_pattern

),

columns as (

    select
        members.round_number,
        members.factor_set,
        factors.stock_id,
        factors.factor,
        factors.value

    from members
    inner join factors
        on
            members.round_number = factors.round_number
            and members.factor = factors.factor

    union all

    select
        neutralizers.round_number,
        'neutralizers' as factor_set,
        neutralizers.stock_id,
        neutralizers.neutralizer as factor,
        neutralizers.value

    from neutralizers
    inner join made on neutralizers.round_number = made.round_number

)

select
    columns.round_number,
    columns.factor_set,
    universe.stock_key,
    columns.factor,
    columns.value

from columns
inner join universe
    on
        columns.round_number = universe.round_number
        and columns.stock_id = universe.stock_id
