{#
Grain: round_number, model_id, metric, score, score_version, target, compared_with; due eras. What an era says of an
upload: its final scores, what it moved since the era before, how many stocks it names, and what it shares with example
models.
#}
with

diagnostics_due as (

    select * from {{ ref('int_diagnostics_due') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

stability as (

    select * from {{ ref('fct_stability') }}

),

submissions as (

    select * from {{ ref('fct_submissions') }}

),

example_correlations as (

    select * from {{ ref('int_example_correlations') }}

),

eras as (

    select round_number
    from diagnostics_due
    where is_validation

),

scored as (

    select
        scores.round_number,
        scores.model_id,
        'score' as metric,
        scores.score,
        scores.score_version,
        scores.target,
        round_scores.factor_set,
        scores.value,
        scores.attained_by,
        scores.null_reason

    from scores
    inner join eras on scores.round_number = eras.round_number
    inner join round_scores
        on
            scores.round_number = round_scores.round_number
            and scores.score = round_scores.score
            and scores.score_version = round_scores.score_version
    where scores.is_final

),

moved as (

    select
        stability.round_number,
        stability.model_id,
        unnest(['churn', 'turnover', 'neutral_churn']) as metric,
        unnest([stability.churn, stability.turnover, stability.neutral_churn]) as value

    from stability
    inner join eras on stability.round_number = eras.round_number

),

covered as (

    select
        submissions.round_number,
        submissions.model_id,
        'coverage' as metric,
        submissions.stocks_matched
        / (submissions.stocks_matched + submissions.stocks_filled) as value

    from submissions
    inner join eras on submissions.round_number = eras.round_number
    where submissions.status = 'accepted'

),

compared as (

    select
        example_correlations.round_number,
        example_correlations.model_id,
        'example_correlation' as metric,
        example_correlations.example_id as compared_with,
        example_correlations.value

    from example_correlations
    inner join eras on example_correlations.round_number = eras.round_number

),

figures as (

    select * from scored
    union all by name
    select
        *,
        if(value is null, 'it is not comparable with the era before', null) as null_reason
    from moved
    union all by name
    select * from covered
    union all by name
    select * from compared

)

select
    round_number,
    model_id,
    metric,
    coalesce(score, '') as score,
    coalesce(score_version, '') as score_version,
    coalesce(target, '') as target,
    coalesce(compared_with, '') as compared_with,
    factor_set,
    value,
    attained_by,
    null_reason

from figures
