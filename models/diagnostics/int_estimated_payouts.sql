{#
Grain: round_number, model_id; due eras. What an upload would be paid for an era as the only stake, of 1 NMR, by the newest
payout rule of the tournament: the payout factor is 1; and the meta model is the upload itself, so its contributions
are 0, and terms that hang on stakes are not in the sum. What it moved since the era before is judged where there is one.
#}
with

diagnostics_due as (

    select * from {{ ref('int_diagnostics_due') }}

),

payout_rules as (

    select * from {{ ref('payout_rules') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

figures as (

    select * from {{ ref('int_diagnostic_figures') }}

),

era_rules as (

    select
        diagnostics_due.round_number,
        payout_rules.*

    from diagnostics_due
    inner join payout_rules on diagnostics_due.rule_set = payout_rules.tournament
    where
        diagnostics_due.is_validation
        and payout_rules.last_round is null
        and payout_rules.last_date is null

),

terms as (

    select
        era_rules.round_number,
        round_scores.score,
        round_scores.score_version,
        payout_terms.multiplier

    from era_rules
    inner join payout_terms on era_rules.payout_rule = payout_terms.payout_rule
    inner join round_scores
        on
            era_rules.round_number = round_scores.round_number
            and {{ names_score('payout_terms', 'round_scores', 'round_scores.metric') }}
    where payout_terms.multiplier > 0

),

uploads as (

    select
        round_number,
        model_id,
        any_value(value) filter (where metric = 'neutral_churn') as neutral_churn

    from figures
    where metric in ('coverage', 'neutral_churn')
    group by all

),

sums as (

    select
        uploads.round_number,
        uploads.model_id,
        uploads.neutral_churn,
        count(terms.score) as term_count,
        bool_and(figures.value is not null) as is_scored,
        {{ sum_by_size('terms.multiplier * figures.value') }} as score_used,
        min(coalesce(figures.null_reason, 'not scored'))
        filter (where figures.value is null) as missing_reason

    from uploads
    left join terms on uploads.round_number = terms.round_number
    left join figures
        on
            uploads.round_number = figures.round_number
            and uploads.model_id = figures.model_id
            and terms.score = figures.score
            and terms.score_version = figures.score_version
    group by all

),

paid as (

    select
        sums.*,
        least(greatest(sums.score_used, -era_rules.clip), era_rules.clip) as payout_share,
        least(
            1,
            coalesce(
                2 / (1 + exp(
                    era_rules.retention_scale
                    * (sums.neutral_churn - era_rules.retention_threshold)
                )),
                1
            )
        ) as retention

    from sums
    inner join era_rules on sums.round_number = era_rules.round_number

)

select
    round_number,
    model_id,
    if(
        term_count > 0 and is_scored,
        payout_share * if(payout_share > 0, retention, 1),
        null
    ) as value,
    case
        when term_count = 0 then 'every score that pays hangs on stakes'
        when not is_scored then 'a score that pays is missing: ' || missing_reason
    end as null_reason

from paid
