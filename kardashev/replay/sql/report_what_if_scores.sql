-- Grain: meta_model, score. Mean final scores of the meta model and the meta portfolio, and the fund's mean return, of landed and
-- of tried stakes.
select
    meta_model,
    score,
    count(value) as rounds,
    round(avg(landed_value), 5) as landed,
    round(avg(value), 5) as tried,
    round(avg(value - landed_value), 6) as difference

from what_if_scores
where meta_model in ('SWMM', 'fund') or score = 'alpha'
group by all
order by meta_model, score
