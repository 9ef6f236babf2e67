{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number, model_key. Each landed stake, and what of it is at risk: all, or nothing for a reason. The round is
one of validation; there is no submission, or it is not accepted; or, where the round has thresholds, none is in its window, or the largest churn or
turnover there reaches its threshold. A figure that equals it, but for rounding noise, reaches it; one that no pair in
the window has counts as 1. Without a threshold a figure is not needed.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

stakes as (

    select * from {{ ref('int_stakes') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

submissions_elsewhere as (

    select * from {{ ref('int_submissions_elsewhere') }}

),

windows as (

    select * from {{ ref('int_stability_figures') }}

),

watched as (

    select
        stakes.round_number,
        stakes.model_key,
        stakes.model_id,
        stakes.stake_nmr,
        rounds.kind,
        rounds.churn_threshold,
        rounds.turnover_threshold,
        coalesce(rounds.churn_threshold, rounds.turnover_threshold) is not null
            as has_threshold,
        if(
            submissions_elsewhere.model_key is null,
            submissions.status,
            'accepted'
        ) as status,
        windows.model_key is not null as is_in_window,
        windows.max_churn,
        windows.max_turnover,
        windows.mean_neutral_churn

    from stakes
    inner join rounds_due on stakes.round_number = rounds_due.round_number
    inner join rounds on stakes.round_number = rounds.round_number
    left join submissions
        on
            stakes.round_number = submissions.round_number
            and stakes.model_key = submissions.model_key
    left join submissions_elsewhere
        on
            stakes.round_number = submissions_elsewhere.round_number
            and stakes.model_key = submissions_elsewhere.model_key
    left join windows
        on
            stakes.round_number = windows.round_number
            and stakes.model_key = windows.model_key
    where rounds_due.is_stale

),

judged as (

    select
        *,
        case
            when stake_nmr = 0 then null
            when kind = 'validation' then 'nothing is at risk in validation'
            -- Or none yet: the close alone does not redo a round.
            when status is null then 'no submission'
            when status != 'accepted' then 'the submission is ' || status
            when not has_threshold then null
            when not is_in_window then 'no submission in the window'
            when coalesce(max_churn, max_turnover) is null
                then 'nothing comparable in the window'
            else
                nullif(concat_ws(
                    '; ',
                    {% for figure in ['churn', 'turnover'] %}
                        case
                            when {{ figure }}_threshold is null then null
                            when max_{{ figure }} is null
                                then 'no {{ figure }} is comparable in the window'
                            when {{ comparable_score('max_' ~ figure) }} >= {{ figure }}_threshold
                                then
                                    format(
                                        '{{ figure }} is {:.6g}, expected below {:.6g}',
                                        max_{{ figure }},
                                        {{ figure }}_threshold
                                    )
                        end{{ ',' if not loop.last }}
                    {% endfor %}
                ), '')
        end as zeroed_reason

    from watched

)

select
    round_number,
    model_key,
    model_id,
    stake_nmr,
    if(zeroed_reason is null, stake_nmr, 0) as at_risk_nmr,
    zeroed_reason,
    if(status = 'accepted', coalesce(max_churn, if(churn_threshold is null, null, 1)), null)
        as max_churn,
    if(status = 'accepted', coalesce(max_turnover, if(turnover_threshold is null, null, 1)), null)
        as max_turnover,
    if(status = 'accepted', coalesce(mean_neutral_churn, if(has_threshold, 1, null)), null)
        as mean_neutral_churn

from judged
