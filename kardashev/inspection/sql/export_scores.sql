-- Grain: round, score. A model's official scores, the newest day of each, under numerapi's names
-- (round_model_performances_v2, one row for each of its submissionScores).
with

resolutions as (

    select
        round_number,
        max(known_at) as resolved_at

    from fct_scores
    where is_final and is_canon
    group by round_number

),

official as (

    select *

    from fct_scores
    where model_id = $model_id and is_canon
    qualify
        row_number() over (
            partition by round_number, score, score_version, target order by score_day desc
        ) = 1

),

named as (

    select
        official.round_number,
        rounds.open_at as round_open_time,
        if(rounds.is_resolved, resolutions.resolved_at, null) as round_resolve_time,
        rounds.is_resolved as round_resolved,
        official.target as round_target,
        stakes.at_risk_nmr as at_risk,
        official.known_at as date,
        official.score_day as day,
        official.score as display_name,
        official.score_version as version,
        official.percentile,
        official.value

    from official
    inner join dim_rounds as rounds on official.round_number = rounds.round_number
    left join resolutions on official.round_number = resolutions.round_number
    left join fct_stakes as stakes
        on
            official.round_number = stakes.round_number
            and official.model_id = stakes.model_id
    where
        rounds.kind = 'live'
        and coalesce(official.round_number = $round_number, true)

)

select * from named
order by round_number desc, display_name asc, version asc
