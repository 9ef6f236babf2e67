{#
Grain: round_number, model_key. Each accepted model's share p of the stake at risk, zero without stake; null
where nothing of the round is at risk.
#}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

stakes as (

    select * from {{ ref('int_stakes_at_risk') }}

),

wanted_rounds as (

    select round_number
    from rounds_due
    where is_stale
    union
    select round_number
    from target_days_due
    where is_due

),

accepted as (

    select
        submissions.round_number,
        submissions.model_key,
        submissions.model_id,
        coalesce(stakes.at_risk_nmr, 0) as at_risk_nmr

    from submissions
    inner join wanted_rounds on submissions.round_number = wanted_rounds.round_number
    left join stakes
        on
            submissions.round_number = stakes.round_number
            and submissions.model_key = stakes.model_key
    where submissions.status = 'accepted'

),

totals as (

    select
        round_number,
        {{ exact_sum_of_amounts('at_risk_nmr') }} as total_at_risk_nmr

    from accepted
    group by all

)

select
    accepted.round_number,
    accepted.model_key,
    accepted.model_id,
    accepted.at_risk_nmr,
    accepted.at_risk_nmr / nullif(totals.total_at_risk_nmr, 0) as stake_share

from accepted
inner join totals on accepted.round_number = totals.round_number
