{#
Grain: round_number, factor_set, factor. The landed columns that signals are neutralized to, or measured against: N, as
the set `neutralizers`, and the factors of each set that a score names.
#}
with

loadings_due as (

    select * from {{ ref('int_loadings_due') }}

),

round_factor_sets as (

    select * from {{ ref('int_round_factor_sets') }}

),

column_files as (

    select * from {{ ref('int_column_files') }}

),

columns as (

    select distinct
        round_number,
        table_name,
        unnest(value_columns) as factor

    from column_files

),

made as (

    select columns.*
    from columns
    inner join loadings_due on columns.round_number = loadings_due.round_number
    where loadings_due.is_made

)

select
    round_number,
    'neutralizers' as factor_set,
    table_name,
    factor

from made
where table_name = 'neutralizers'

union all

select distinct
    made.round_number,
    round_factor_sets.factor_set,
    made.table_name,
    made.factor

from made
inner join round_factor_sets
    on
        made.round_number = round_factor_sets.round_number
        and made.factor glob round_factor_sets.factor_pattern
where made.table_name = 'factors'
