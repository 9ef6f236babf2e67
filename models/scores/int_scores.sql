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

score_values as (

    select * from {{ ref('int_score_values') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

),

loadings as (

    select * from {{ ref('int_factor_loadings') }}

),

held_meta_models as (

    select distinct
        round_number,
        meta_model

    from meta_models

),

factor_sets as (

    select distinct
        round_number,
        factor_set,
        stock_count

    from loadings
    where basis = 'columns'

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
        score_values.value as computed,
        score_values.attained_by,
        case
            when expected.overlap_share < expected.minimum_overlap
                then
                    format(
                        'signals and target share under {:.0f} % of their stocks',
                        100 * expected.minimum_overlap
                    )
            when score_values.value is not null then null
            when score_values.null_reason is not null then score_values.null_reason
            when expected.meta_model is not null and held_meta_models.meta_model is null
                then 'no model stakes enough for ' || expected.meta_model
            when expected.factor_set is not null and factor_sets.factor_set is null
                then format('no factor of {} is landed', expected.factor_set)
            when
                expected.family like 'neutral%'
                and factor_sets.stock_count < expected.stock_count
                then format('{} miss stocks', expected.factor_set)
            when 2 * expected.top_bottom > expected.stock_count
                then format('under {} stocks', 2 * expected.top_bottom)
            when expected.is_constant then 'the target is constant'
            when expected.family = 'contribution'
                then expected.meta_model || ' is constant'
            when expected.factor_set is not null
                then
                    concat_ws(' or ', 'the signal', expected.meta_model)
                    || ' lies in the span of '
                    || expected.factor_set
            else 'the signal is constant'
        end as null_reason

    from expected
    left join score_values
        on
            expected.round_number = score_values.round_number
            and expected.score = score_values.score
            and expected.score_version = score_values.score_version
            and expected.target = score_values.target
            and expected.score_day = score_values.score_day
            and expected.known_at = score_values.known_at
            and expected.model_key = score_values.model_key
    left join held_meta_models
        on
            expected.round_number = held_meta_models.round_number
            and expected.meta_model = held_meta_models.meta_model
    left join factor_sets
        on
            expected.round_number = factor_sets.round_number
            and expected.factor_set = factor_sets.factor_set

)

select
    round_number,
    model_key,
    model_id,
    at_risk_nmr,
    score,
    score_version,
    metric,
    target,
    score_day,
    known_at,
    case when null_reason is null then computed end as value,
    case when null_reason is null then attained_by end as attained_by,
    null_reason,
    is_final

from valued
