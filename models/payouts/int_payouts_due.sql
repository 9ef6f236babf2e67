{#
Grain: round_number. The worklist of payouts: the rounds whose payouts can differ from those that stand.
is_due:   stakes, multipliers or a landed factor are redone; or a target day is scored; or the ledger
          `int_payouts_built` has other rules for the round: these are in no round's fingerprint, for a new clip
          needs no new score. A round that is no longer landed is due, and its rows go.
is_after: it closes when one of them changes, or later: stakes are compared with what was paid before.
Of the clock it depends whether the round has closed, so that stands beside the rules.
#}
{% set ledger = left_by_last_build(
    'int_payouts_built',
    round_number='integer', close_at='timestamp', rules_fingerprint='varchar'
) %}
with

rounds as (

    select * from {{ ref('int_round_payout_rules') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

ledger as (

    select
        round_number,
        close_at,
        rules_fingerprint
    from {{ ledger }}

),

changes as (

    select
        round_number,
        least(rounds.close_at, ledger.close_at) as changed_at

    from rounds
    full join ledger using (round_number)
    left join rounds_due using (round_number)
    where
        coalesce(rounds_due.is_stale, false)
        or rounds.rules_fingerprint is distinct from ledger.rules_fingerprint

),

days as (

    select
        round_number,
        min(known_at) filter (where coalesce(is_final, true)) as changed_at

    from target_days_due
    where is_due
    group by all

),

all_changes as (

    select changed_at from changes
    union all
    select changed_at from days

),

first_change as (

    select min(changed_at) as changed_at from all_changes

),

flagged as (

    select
        round_number,
        rounds.close_at,
        rounds.rules_fingerprint,
        changes.round_number is not null or days.round_number is not null as is_due,
        changes.round_number is not null
        or coalesce(rounds.close_at >= first_change.changed_at, false) as is_after

    from rounds
    full join changes using (round_number)
    left join days using (round_number)
    cross join first_change

)

select * from flagged
where is_due or is_after
