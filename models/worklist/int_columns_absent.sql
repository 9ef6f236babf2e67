{{ config(materialized='view') }}
{#
Grain: round_number, contract. How many columns of neutralizers/ and factors/ a round lacks that the round before it
has: of its kind, by era, that has any.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

columns_landed as (

    select
        rounds.round_number,
        rounds.kind,
        rounds.era_date,
        manifest.table_name as contract,
        list_distinct(flatten(list(manifest.value_columns))) as value_columns

    from manifest
    inner join rounds on manifest.round_number = rounds.round_number
    where manifest.value_columns is not null and manifest.problem is null
    group by all

),

compared as (

    select
        *,
        coalesce(lag(value_columns) over (
            partition by contract, kind order by era_date, round_number
        ), []) as former_columns

    from columns_landed

),

listed as (

    select
        round_number,
        contract,
        list_sort(
            list_filter(former_columns, name -> not list_contains(value_columns, name))
        ) as absent

    from compared

)

select
    round_number,
    contract,
    len(absent) as absent_columns,
    if(
        len(absent) > 0,
        array_to_string(list_transform(absent[:10], name -> left(name, 60)), ', '),
        null
    ) as absent_columns_example

from listed
