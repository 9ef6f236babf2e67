{#
Grain: account_id, measure, score, round_number, known_at; due rounds. An account's results at every delivery for one of its
models, by the newest of them all: the sum of payouts, and the mean of scores, weighted by stake at risk. Without stake
the score is that of the only model; an account with several models, scored or not, has none. Models count that are
ranked, and were registered when the round closed.
#}
with

model_results as (

    select * from {{ ref('int_model_results') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

owned as (

    select * from model_results
    where account_id is not null

),

deliveries as (

    select distinct
        account_id,
        measure,
        score,
        round_number,
        close_at,
        known_at

    from owned

),

owned_models as (

    select distinct
        account_id,
        measure,
        score,
        round_number,
        model_id

    from owned

),

newest as (

    select
        deliveries.*,
        owned.value,
        owned.at_risk_nmr

    from deliveries
    inner join owned_models
        on
            deliveries.account_id = owned_models.account_id
            and deliveries.measure = owned_models.measure
            and deliveries.score = owned_models.score
            and deliveries.round_number = owned_models.round_number
    asof inner join owned
        on
            owned_models.model_id = owned.model_id
            and owned_models.measure = owned.measure
            and owned_models.score = owned.score
            and owned_models.round_number = owned.round_number
            and deliveries.known_at >= owned.known_at

),

closes as (

    select distinct
        account_id,
        round_number,
        close_at

    from owned

),

model_counts as (

    select
        models.account_id,
        closes.round_number,
        count(*) as model_count

    from closes
    inner join models
        on
            closes.account_id = models.account_id
            and coalesce(models.created_at <= closes.close_at, true)
    where models.is_ranked
    group by all

),

together as (

    select
        account_id,
        measure,
        score,
        round_number,
        close_at,
        known_at,
        count(*) as result_count,
        any_value(value) as any_score,
        {{ exact_sum_of_amounts('value') }} as total,
        {{ exact_sum_of_amounts('at_risk_nmr * value') }} as weighted_total,
        {{ exact_sum_of_amounts('if(value is null, 0, at_risk_nmr)') }} as scored_nmr,
        {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr

    from newest
    group by all

)

select
    together.account_id,
    together.measure,
    together.score,
    together.round_number,
    together.close_at,
    together.known_at,
    case
        when together.measure = 'payout' then together.total
        when together.scored_nmr > 0 then together.weighted_total / together.scored_nmr
        when greatest(together.result_count, model_counts.model_count) = 1
            then together.any_score
    end as value,
    together.at_risk_nmr

from together
left join model_counts
    on
        together.account_id = model_counts.account_id
        and together.round_number = model_counts.round_number
