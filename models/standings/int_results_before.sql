{#
Grain: round_number, is_unfinished. What each round's results were last made from: the ledger; and the worklist of a
build that was killed before it wrote the ledger. Both tables are read as they were left.
#}
{% set ledger = left_by_last_build('int_results_built') %}
{% set worklist = left_by_last_build('int_results_due') %}
with

ledger as (

    {% if ledger %}
        select
            round_number,
            era_date,
            close_at,
            fingerprint,
            build_id
        from {{ ledger }}
    {% else %}
        select
            cast(null as integer) as round_number,
            cast(null as date) as era_date,
            cast(null as timestamp) as close_at,
            cast(null as ubigint) as fingerprint,
            cast(null as varchar) as build_id
        where false
    {% endif %}

),

worklist as (

    {% if worklist %}
        select
            round_number,
            era_date,
            close_at,
            fingerprint,
            build_id
        from {{ worklist }}
        where is_due
    {% else %}
        select * from ledger
        where false
    {% endif %}

)

select
    * exclude (build_id),
    false as is_unfinished

from ledger

union all by name

select
    * exclude (build_id),
    true as is_unfinished

from worklist
where build_id not in (select ledger.build_id from ledger)
