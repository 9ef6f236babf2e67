{# Grain: round_number. The calendar, which rounds are resolved (every score on them final), and their thresholds. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

round_targets as (

    select * from {{ ref('int_round_targets') }}

),

landed as (

    select * from {{ ref('int_target_days_landed') }}

),

resolutions as (

    select
        round_targets.round_number,
        bool_and(landed.known_at is not null) as is_resolved

    from round_targets
    left join landed
        on
            round_targets.round_number = landed.round_number
            and round_targets.target = landed.target
            and round_targets.final_score_day = landed.score_day
    group by all

)

select
    rounds.round_number,
    rounds.tournament,
    rounds.rule_set,
    rounds.kind,
    rounds.era_date,
    rounds.open_at,
    rounds.close_at,
    coalesce(resolutions.is_resolved, false) as is_resolved,
    rounds.churn_threshold,
    rounds.turnover_threshold

from rounds
left join resolutions on rounds.round_number = resolutions.round_number
