{#
Grain: round_number, known_at. When the payouts of a round became known: the day on which the last of the rule's
scores had its final day, which settles them, and every later delivery of a final day, which may revise them. A round
that waits for a score has none.
#}
with

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

terms as (

    select
        round_payouts.round_number,
        payout_terms.score,
        payout_terms.score_version

    from round_payouts
    inner join payout_terms on round_payouts.payout_rule = payout_terms.payout_rule

),

deliveries as (

    select distinct
        round_number,
        score,
        score_version,
        known_at

    from revisions
    where is_final

),

first_finals as (

    select
        terms.round_number,
        terms.score,
        terms.score_version,
        min(deliveries.known_at) as first_known_at

    from terms
    left join deliveries using (round_number, score, score_version)
    group by all

),

settled_rounds as (

    select
        round_number,
        max(first_known_at) as settled_at

    from first_finals
    group by all
    having bool_and(first_known_at is not null)

)

select distinct
    settled_rounds.round_number,
    deliveries.known_at,
    settled_rounds.settled_at

from settled_rounds
inner join terms on settled_rounds.round_number = terms.round_number
inner join deliveries
    on
        terms.round_number = deliveries.round_number
        and terms.score = deliveries.score
        and terms.score_version = deliveries.score_version
        and settled_rounds.settled_at <= deliveries.known_at
