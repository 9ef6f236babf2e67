{#
Grain: round_number, target, score_day, known_at. What the last build left of each target day, as
`int_rounds_before` has it for rounds.
#}
{% set ledger = left_by_last_build('int_target_days_built') %}
{% set worklist = left_by_last_build('int_target_days_due') %}
with

ledger as (

    {% if ledger %}
        select
            round_number,
            target,
            score_day,
            known_at,
            fingerprint,
            build_id
        from {{ ledger }}
    {% else %}
        select
            cast(null as integer) as round_number,
            cast(null as varchar) as target,
            cast(null as integer) as score_day,
            cast(null as timestamp) as known_at,
            cast(null as varchar) as fingerprint,
            cast(null as varchar) as build_id
        where false
    {% endif %}

),

worklist as (

    {% if worklist %}
        select
            round_number,
            target,
            score_day,
            known_at,
            build_id
        from {{ worklist }}
    {% else %}
        select
            cast(null as integer) as round_number,
            cast(null as varchar) as target,
            cast(null as integer) as score_day,
            cast(null as timestamp) as known_at,
            cast(null as varchar) as build_id
        where false
    {% endif %}

)

select
    round_number,
    target,
    score_day,
    known_at,
    ledger.fingerprint,
    worklist.build_id is not null
    and (worklist.build_id is distinct from ledger.build_id) as is_unfinished

from ledger
full join worklist using (round_number, target, score_day, known_at)
