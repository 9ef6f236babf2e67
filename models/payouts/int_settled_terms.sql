{#
Grain: round_number, model_id, known_at, score, score_version. What each score adds to settled payouts: its newest final
value known by the settlement, and by each revision after it.
#}
with

terms as (

    select * from {{ ref('int_model_terms') }}

),

settlements as (

    select * from {{ ref('int_settlements') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

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
        settlements.*,
        terms.score,
        terms.score_version,
        terms.multiplier

    from settlements
    inner join terms
        on
            settlements.payout_rule = terms.payout_rule
            and settlements.round_number = terms.round_number
            and settlements.model_id = terms.model_id

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
