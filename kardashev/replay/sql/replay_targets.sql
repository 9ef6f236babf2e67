-- Grain: round_number, target, stock_id. The final values of the targets that replayed scores are taken on, beside
-- their mean over all landed stocks; a stock outside the universe has no key.
with

wanted_days as (

    select distinct
        round_number,
        target,
        score_day,
        known_at

    from replay_scores
    where target != 'none'

)

select
    targets.round_number,
    targets.target,
    targets.stock_id,
    universe.stock_key,
    targets.value,
    cast(sum(cast(targets.value as decimal(18, 15))) over of_target as double)
    / count(*) over of_target as target_mean

from stg_tournament__targets as targets
inner join wanted_days
    on
        targets.round_number = wanted_days.round_number
        and targets.target = wanted_days.target
        and targets.score_day = wanted_days.score_day
        and targets.known_at = wanted_days.known_at
left join int_universe as universe
    on
        targets.round_number = universe.round_number
        and targets.stock_id = universe.stock_id
where isfinite(targets.value)
window of_target as (partition by targets.round_number, targets.target)
