{{ config(materialized='view') }}
{#
Grain: round_number, model_id. What a model's owner should know of its submission to a round that is told of: it is missing,
though the model is staked or was active in the days before; it is late or quarantined; or it is accepted, and a rule set
its stake to zero. A stake that is zero because of the submission is told of once, with that.
#}
with

alert_rounds as (

    select * from {{ ref('int_alert_rounds') }}

),

submissions as (

    select * from {{ ref('fct_submissions') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

entries as (

    select
        alert_rounds.round_number,
        alert_rounds.close_at,
        alert_rounds.active_days,
        alert_rounds.is_told,
        submissions.model_id,
        submissions.status,
        submissions.reasons,
        submissions.submitted_at,
        stakes.stake_nmr,
        stakes.zeroed_reason,
        max(if(submissions.status = 'missing', null, alert_rounds.close_at)) over (
            partition by submissions.model_id
            order by alert_rounds.close_at, alert_rounds.round_number
        ) as active_at

    from submissions
    inner join alert_rounds on submissions.round_number = alert_rounds.round_number
    left join stakes
        on
            submissions.round_number = stakes.round_number
            and submissions.model_id = stakes.model_id

),

judged as (

    select
        *,
        case
            when status in ('late', 'quarantined') then status
            when status = 'accepted' and zeroed_reason is not null then 'zeroed'
            when
                status = 'missing'
                and (stake_nmr > 0 or active_at >= close_at - to_days(active_days))
                then 'missing'
        end as alert

    from entries
    where is_told

)

select
    round_number,
    model_id,
    alert,
    stake_nmr,
    if(alert = 'late', submitted_at, close_at) as happened_at,
    case alert
        when 'missing' then 'no upload by the close'
        when 'late' then format('received after the close at {}', close_at)
        when 'quarantined' then reasons
        when 'zeroed' then zeroed_reason
    end as reason

from judged
where alert is not null
