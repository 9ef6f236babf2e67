{#
Grain: round_number, model_id, known_at, score, score_version. What each score of a rule adds to a staked model's
payout: its newest value known by then, final where the round is settled and running before, and its multiplier, the
model's own where one is landed. An open round has no settled_at.
#}
with

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

),

settlements as (

    select * from {{ ref('int_round_settlements') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

multipliers as (

    select * from {{ ref('int_stake_multipliers') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

terms as (

    select
        stakes.round_number,
        stakes.model_id,
        payout_terms.score,
        payout_terms.score_version,
        coalesce(multipliers.multiplier, payout_terms.multiplier) as multiplier

    from stakes
    inner join round_payouts on stakes.round_number = round_payouts.round_number
    inner join payout_terms on round_payouts.payout_rule = payout_terms.payout_rule
    left join multipliers
        on
            stakes.round_number = multipliers.round_number
            and stakes.model_id = multipliers.model_id
            and payout_terms.score = multipliers.score

),

final_scores as (

    select
        round_number,
        model_id,
        score,
        score_version,
        known_at,
        value,
        null_reason

    from revisions
    where is_final

),

settled_terms as (

    select
        terms.*,
        settlements.known_at,
        settlements.settled_at

    from terms
    inner join settlements on terms.round_number = settlements.round_number

),

open_terms as (

    select
        terms.*,
        rounds.close_at

    from terms
    inner join rounds on terms.round_number = rounds.round_number
    anti join settlements on terms.round_number = settlements.round_number

),

running_scores as (

    select
        round_number,
        model_id,
        score,
        score_version,
        max(known_at) as known_at,
        arg_max(value, score_day) as value

    from scores
    semi join open_terms on scores.round_number = open_terms.round_number
    group by all

)

select
    settled_terms.round_number,
    settled_terms.model_id,
    settled_terms.known_at,
    settled_terms.settled_at,
    settled_terms.score,
    settled_terms.score_version,
    settled_terms.multiplier,
    final_scores.value,
    case
        when final_scores.value is null
            then
                concat(
                    settled_terms.score,
                    ' is missing: ',
                    coalesce(final_scores.null_reason, 'not scored')
                )
    end as missing_reason

from settled_terms
asof left join final_scores
    on
        settled_terms.round_number = final_scores.round_number
        and settled_terms.model_id = final_scores.model_id
        and settled_terms.score = final_scores.score
        and settled_terms.score_version = final_scores.score_version
        and settled_terms.known_at >= final_scores.known_at

union all by name

select
    open_terms.round_number,
    open_terms.model_id,
    coalesce(
        max(running_scores.known_at) over (partition by open_terms.round_number),
        open_terms.close_at
    ) as known_at,
    open_terms.score,
    open_terms.score_version,
    open_terms.multiplier,
    running_scores.value

from open_terms
left join running_scores using (round_number, model_id, score, score_version)
