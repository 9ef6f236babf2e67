{#
Grain: round_number, model_id, known_at. When the payout of each stake in the due rounds became known. It is settled when
the round has closed by the clock and the last score of its sum has its final day; each later delivery of such a day may revise it.
One that is not settled has no settled_at, and is known since the newest score of its sum, or the close: it waits
for a score, or no rule pays it.
#}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

terms as (

    select * from {{ ref('int_terms_due') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

deliveries as (

    select
        revisions.round_number,
        revisions.score,
        revisions.score_version,
        revisions.known_at,
        bool_or(revisions.is_final) as is_final

    from revisions
    inner join payouts_due on revisions.round_number = payouts_due.round_number
    where payouts_due.is_due
    group by all

),

scores as (

    select
        round_number,
        score,
        score_version,
        min(known_at) filter (where is_final) as final_at,
        max(known_at) as newest_at

    from deliveries
    group by all

),

sums as (

    select
        stakes.round_number,
        stakes.model_id,
        round_payouts.payout_rule,
        round_payouts.close_at,
        count(terms.score) = count(scores.final_at) as has_finals,
        max(scores.final_at) as final_at,
        max(scores.newest_at) as newest_at

    from stakes
    inner join payouts_due on stakes.round_number = payouts_due.round_number
    inner join round_payouts on stakes.round_number = round_payouts.round_number
    left join terms
        on
            stakes.round_number = terms.round_number
            and stakes.model_id = terms.model_id
    left join scores
        on
            terms.round_number = scores.round_number
            and terms.score = scores.score
            and terms.score_version = scores.score_version
    where payouts_due.is_due
    group by
        stakes.round_number,
        stakes.model_id,
        round_payouts.payout_rule,
        round_payouts.close_at

),

payouts as (

    select
        sums.round_number,
        sums.model_id,
        sums.payout_rule,
        sums.payout_rule is not null
        and sums.has_finals
        and sums.close_at <= clock.clock_at as is_settled,
        greatest(sums.close_at, if(is_settled, sums.final_at, sums.newest_at)) as known_at,
        if(is_settled, known_at, null) as settled_at

    from sums
    cross join clock

),

revised as (

    select distinct
        payouts.round_number,
        payouts.model_id,
        payouts.payout_rule,
        deliveries.known_at,
        payouts.settled_at

    from payouts
    inner join terms
        on
            payouts.round_number = terms.round_number
            and payouts.model_id = terms.model_id
    inner join deliveries
        on
            terms.round_number = deliveries.round_number
            and terms.score = deliveries.score
            and terms.score_version = deliveries.score_version
    where deliveries.is_final and payouts.settled_at < deliveries.known_at

)

select
    round_number,
    model_id,
    payout_rule,
    known_at,
    settled_at

from payouts

union all

select * from revised
