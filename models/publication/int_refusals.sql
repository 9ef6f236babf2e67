{{ config(materialized='view') }}
{#
Grain: round_number. The rounds that are refused now, and why: by which contracts, or for which files.
#}
with

rounds_refused as (

    select * from {{ ref('int_rounds_refused') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

results as (

    select * from {{ ref('int_contract_results') }}

),

withheld as (

    select * from {{ ref('int_rounds_withheld') }}

),

failures as (

    select
        round_number,
        format(
            '{}/ {}: {}: {} is {}, expected {}',
            contract,
            subject,
            expectation,
            metric,
            coalesce(printf('%.6g', observed), 'unknown'),
            expected
        ) as reason

    from results
    where scope = 'round' and not success

    union all

    select
        round_number,
        path || ' cannot be used' as reason

    from withheld

)

select
    rounds_refused.round_number,
    any_value(rounds.open_at) as happened_at,
    string_agg(failures.reason, '; ' order by failures.reason) as reason

from rounds_refused
left join rounds on rounds_refused.round_number = rounds.round_number
left join failures on rounds_refused.round_number = failures.round_number
group by all
