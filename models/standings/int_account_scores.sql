{#
Grain: account_id, score, round_number, known_at. An account's score at every delivery for one of its models: the mean
of the newest scores of them all, weighted by stake at risk. Without stake it is the score of the only model; an account
with several models, scored or not, has none.
#}
with

model_scores as (

    select * from {{ ref('int_model_scores') }}

),

account_models as (

    select * from {{ ref('int_account_models') }}

),

deliveries as (

    select distinct
        account_id,
        score,
        round_number,
        known_at

    from model_scores
    where account_id is not null

),

scored_models as (

    select distinct
        account_id,
        score,
        round_number,
        model_id

    from model_scores

),

newest_scores as (

    select
        deliveries.*,
        model_scores.value,
        model_scores.at_risk_nmr

    from deliveries
    inner join scored_models
        on
            deliveries.account_id = scored_models.account_id
            and deliveries.score = scored_models.score
            and deliveries.round_number = scored_models.round_number
    asof inner join model_scores
        on
            scored_models.model_id = model_scores.model_id
            and scored_models.score = model_scores.score
            and scored_models.round_number = model_scores.round_number
            and deliveries.known_at >= model_scores.known_at

),

account_scores as (

    select
        account_id,
        score,
        round_number,
        known_at,
        count(*) as scored_count,
        any_value(value) as any_score,
        {{ sum_by_size('at_risk_nmr * value') }} as weighted_sum,
        {{ exact_sum_of_amounts('if(value is null, 0, at_risk_nmr)') }} as scored_nmr

    from newest_scores
    group by all

)

select
    account_scores.account_id,
    account_scores.score,
    account_scores.round_number,
    account_scores.known_at,
    case
        when account_scores.scored_nmr > 0
            then account_scores.weighted_sum / account_scores.scored_nmr
        when greatest(account_scores.scored_count, account_models.model_count) = 1
            then account_scores.any_score
    end as value

from account_scores
left join account_models
    on
        account_scores.account_id = account_models.account_id
        and account_scores.round_number = account_models.round_number
