{#
Grain: round_number, model_id, known_at. When each settled payout became known: when the round had closed and the last
score of its sum had its final day, which settles it, and at every later delivery of such a day, which may revise it.
#}
with

stakes as (

    select * from {{ ref('fct_stakes') }}

),

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

terms as (

    select * from {{ ref('int_model_terms') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

closed_rounds as (

    select round_payouts.*
    from round_payouts
    inner join clock on round_payouts.close_at <= clock.clock_at

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
        round_number,
        score,
        score_version,
        min(known_at) as known_at

    from deliveries
    group by all

),

settled as (

    select
        stakes.round_number,
        stakes.model_id,
        closed_rounds.payout_rule,
        greatest(closed_rounds.close_at, max(first_finals.known_at)) as settled_at

    from stakes
    inner join closed_rounds on stakes.round_number = closed_rounds.round_number
    left join terms
        on
            stakes.round_number = terms.round_number
            and stakes.model_id = terms.model_id
            and closed_rounds.payout_rule = terms.payout_rule
    left join first_finals
        on
            terms.round_number = first_finals.round_number
            and terms.score = first_finals.score
            and terms.score_version = first_finals.score_version
    where closed_rounds.payout_rule is not null
    group by
        stakes.round_number,
        stakes.model_id,
        closed_rounds.payout_rule,
        closed_rounds.close_at
    having count(terms.score) = count(first_finals.known_at)

)

select
    *,
    settled_at as known_at

from settled

union

select
    settled.*,
    deliveries.known_at

from settled
inner join terms
    on
        settled.round_number = terms.round_number
        and settled.model_id = terms.model_id
        and settled.payout_rule = terms.payout_rule
inner join deliveries
    on
        terms.round_number = deliveries.round_number
        and terms.score = deliveries.score
        and terms.score_version = deliveries.score_version
where settled.settled_at < deliveries.known_at
