{#
Grain: round_number, model_key, score, score_version, target, score_day, known_at. Every score of each
accepted model on the due target days; one that cannot be taken is null and says why.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

shares as (

    select * from {{ ref('int_stake_shares') }}

),

correlations as (

    select * from {{ ref('int_correlations') }}

),

contributions as (

    select * from {{ ref('int_contributions') }}

),

portfolio_scores as (

    select * from {{ ref('int_portfolio_scores') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

),

held_meta_models as (

    select distinct
        round_number,
        meta_model

    from meta_models

),

expected as (

    select
        scores_due.*,
        shares.model_key,
        shares.model_id,
        shares.at_risk_nmr

    from scores_due
    inner join shares on scores_due.round_number = shares.round_number

),

valued as (

    select
        expected.*,
        case
            when expected.overlap_share < expected.minimum_overlap
                then
                    format(
                        'signals and target share under {:.0f} % of their stocks',
                        100 * expected.minimum_overlap
                    )
            when expected.family = 'correlation' and correlations.value is null
                then if(expected.is_constant, 'the target', 'the signal') || ' is constant'
            when expected.family = 'contribution' and held_meta_models.meta_model is null
                then 'no model stakes enough for ' || expected.meta_model
            when expected.family = 'contribution' and contributions.value is null
                then expected.meta_model || ' is constant'
            else portfolio_scores.null_reason
        end as null_reason,
        coalesce(correlations.value, contributions.value, portfolio_scores.value)
            as computed

    from expected
    left join correlations
        on
            expected.family = 'correlation'
            and expected.round_number = correlations.round_number
            and expected.target = correlations.target
            and expected.score_day = correlations.score_day
            and expected.known_at = correlations.known_at
            and expected.has_target_power = correlations.has_target_power
            and expected.model_key = correlations.model_key
    left join contributions
        on
            expected.family = 'contribution'
            and expected.round_number = contributions.round_number
            and expected.target = contributions.target
            and expected.score_day = contributions.score_day
            and expected.known_at = contributions.known_at
            and expected.meta_model = contributions.meta_model
            and expected.model_key = contributions.model_key
    left join portfolio_scores
        on
            expected.round_number = portfolio_scores.round_number
            and expected.score = portfolio_scores.score
            and expected.score_version = portfolio_scores.score_version
            and expected.target = portfolio_scores.target
            and expected.score_day = portfolio_scores.score_day
            and expected.known_at = portfolio_scores.known_at
            and expected.model_key = portfolio_scores.model_key
    left join held_meta_models
        on
            expected.round_number = held_meta_models.round_number
            and expected.meta_model = held_meta_models.meta_model

)

select
    round_number,
    model_key,
    model_id,
    at_risk_nmr,
    score,
    score_version,
    target,
    score_day,
    known_at,
    case when null_reason is null then computed end as value,
    null_reason,
    is_final,
    is_canon

from valued
