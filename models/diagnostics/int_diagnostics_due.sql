{#
Grain: round_number. The worklist of eras: the rounds whose scores or submissions are redone; and every round of
validation, if the rules that diagnostics are taken by differ from the ledger `int_diagnostics_built`.
A round that is no longer landed, or is a live one now, is no round of validation: its rows go.
#}
{% set ledger = left_by_last_build('int_diagnostics_built') %}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

rules as (

    select * from {{ ref('int_diagnostic_rules') }}

),

ledger as (

    {% if ledger %}
        select rules_hash from {{ ledger }}
    {% else %}
        select cast(null as ubigint) as rules_hash
    {% endif %}

),

due as (

    select round_number
    from rounds_due
    where is_stale

    union

    select round_number
    from target_days_due
    where is_due

    union

    select rounds.round_number
    from rounds
    cross join rules
    cross join ledger
    where rounds.kind = 'validation' and rules.rules_hash is distinct from ledger.rules_hash

)

select
    due.round_number,
    rounds.rule_set,
    rounds.era_date,
    coalesce(rounds.kind = 'validation', false) as is_validation,
    coalesce(rounds_due.is_stale, false) as is_stale

from due
left join rounds on due.round_number = rounds.round_number
left join rounds_due on due.round_number = rounds_due.round_number
