{{ config(materialized='view') }}
{#
Grain: round_number. By which rule each live round is paid, by which terms, by content, and whether it has closed. They
are in no round's fingerprint: a new clip needs no new score.
#}
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

rules as (

    select
        *,
        hash(payout_rules) as content_hash

    from payout_rules

),

terms as (

    select
        payout_rule,
        round_number,
        sum(cast(hash(round_terms) as hugeint)) as content_hash

    from round_terms
    group by all

)

select
    paying_rounds.round_number,
    paying_rounds.close_at,
    if(
        rules.payout_rule is null,
        'no rule',
        md5(
            concat_ws(
                ':',
                rules.content_hash,
                terms.content_hash,
                paying_rounds.close_at <= clock.clock_at
            )
        )
    ) as rules_fingerprint

from paying_rounds
cross join clock
left join rules
    on
        paying_rounds.rule_set = rules.tournament
        and {{ applies_to_round('rules', 'paying_rounds') }}
left join terms
    on
        paying_rounds.round_number = terms.round_number
        and rules.payout_rule = terms.payout_rule
