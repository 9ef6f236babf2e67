{#
Grain: round_number, model_id, known_at, score, score_version. What each score of a rule adds to a payout of the due
rounds, by what was known: to a settled one its newest final value by then; to one that is not settled its value
on the newest day, none where that day has none.
#}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

payouts_known as (

    select * from {{ ref('int_payouts_known') }}

),

terms as (

    select * from {{ ref('int_terms_due') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

wanted as (

    select
        payouts_known.round_number,
        payouts_known.model_id,
        payouts_known.known_at,
        payouts_known.settled_at,
        terms.score,
        terms.score_version,
        terms.multiplier

    from payouts_known
    inner join terms
        on
            payouts_known.round_number = terms.round_number
            and payouts_known.model_id = terms.model_id

),

final_scores as (

    select
        revisions.round_number,
        revisions.model_id,
        revisions.score,
        revisions.score_version,
        revisions.known_at,
        revisions.value,
        revisions.null_reason

    from revisions
    inner join payouts_due on revisions.round_number = payouts_due.round_number
    where payouts_due.is_due and revisions.is_final

),

running_scores as (

    select
        scores.round_number,
        scores.model_id,
        scores.score,
        scores.score_version,
        arg_max_null(scores.value, scores.score_day) as value

    from scores
    inner join payouts_due on scores.round_number = payouts_due.round_number
    where payouts_due.is_due
    group by all

),

settled as (

    select
        wanted.round_number,
        wanted.model_id,
        wanted.known_at,
        wanted.score,
        wanted.score_version,
        wanted.multiplier,
        final_scores.value,
        case
            when final_scores.value is null
                then
                    concat(
                        wanted.score,
                        ' is missing: ',
                        coalesce(final_scores.null_reason, 'not scored')
                    )
        end as missing_reason

    from wanted
    asof left join final_scores
        on
            wanted.round_number = final_scores.round_number
            and wanted.model_id = final_scores.model_id
            and wanted.score = final_scores.score
            and wanted.score_version = final_scores.score_version
            and wanted.known_at >= final_scores.known_at
    where wanted.settled_at is not null

),

pending as (

    select
        wanted.round_number,
        wanted.model_id,
        wanted.known_at,
        wanted.score,
        wanted.score_version,
        wanted.multiplier,
        running_scores.value

    from wanted
    left join running_scores
        on
            wanted.round_number = running_scores.round_number
            and wanted.model_id = running_scores.model_id
            and wanted.score = running_scores.score
            and wanted.score_version = running_scores.score_version
    where wanted.settled_at is null

)

select * from settled
union all by name
select * from pending
