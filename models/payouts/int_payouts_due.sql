{#
Grain: round_number. The worklist of payouts: the rounds whose payouts can differ from those that stand.
is_due:   stakes, multipliers or a landed factor are redone; or a target day is scored; or the ledger
          `int_payouts_built` has other rules for the round: these are in no round's fingerprint, for a new clip
          needs no new score. A round that is no longer landed is due, and its rows go.
is_after: it closes when one of them changes, or later: stakes are compared with what was paid before.
Of the clock it depends whether the round has closed, so that stands beside the rules.
#}
{% set ledger = left_by_last_build('int_payouts_built') %}
with

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

payout_rules as (

    select * from {{ ref('payout_rules') }}

),

round_terms as (

    select * from {{ ref('int_round_terms') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

ledger as (

    {% if ledger %}
        select
            round_number,
            close_at,
            rules_fingerprint
        from {{ ledger }}
    {% else %}
        select
            cast(null as integer) as round_number,
            cast(null as timestamp) as close_at,
            cast(null as varchar) as rules_fingerprint
        where false
    {% endif %}

),

terms_hashed as (

    select
        payout_rule,
        round_number,
        sum(cast(hash(round_terms) as hugeint)) as content_hash

    from round_terms
    group by all

),

ruled as (

    select
        paying_rounds.round_number,
        paying_rounds.close_at,
        if(
            payout_rules.payout_rule is null,
            'no rule',
            md5(
                concat_ws(
                    ':',
                    hash(payout_rules),
                    terms_hashed.content_hash,
                    paying_rounds.close_at <= clock.clock_at
                )
            )
        ) as rules_fingerprint

    from paying_rounds
    cross join clock
    left join payout_rules
        on
            paying_rounds.rule_set = payout_rules.tournament
            and {{ applies_to_round('payout_rules', 'paying_rounds') }}
    left join terms_hashed
        on
            paying_rounds.round_number = terms_hashed.round_number
            and payout_rules.payout_rule = terms_hashed.payout_rule

),

changes as (

    select
        round_number,
        least(ruled.close_at, ledger.close_at) as changed_at

    from ruled
    full join ledger using (round_number)
    left join rounds_due using (round_number)
    where
        coalesce(rounds_due.is_stale, false)
        or ruled.rules_fingerprint is distinct from ledger.rules_fingerprint

),

days as (

    select
        round_number,
        min(known_at) filter (where coalesce(is_final, true)) as changed_at

    from target_days_due
    where is_due
    group by all

),

first_change as (

    select min(changed_at) as changed_at
    from (select changed_at from changes union all select changed_at from days)

),

flagged as (

    select
        round_number,
        ruled.close_at,
        ruled.rules_fingerprint,
        changes.round_number is not null or days.round_number is not null as is_due,
        changes.round_number is not null
        or coalesce(ruled.close_at >= first_change.changed_at, false) as is_after

    from ruled
    full join changes using (round_number)
    left join days using (round_number)
    cross join first_change

)

select * from flagged
where is_due or is_after
