-- Grain: round_number, metric. Rank correlation of each official series with TC, and its mean of a year.
select
    indicators.round_number,
    rounds.era_date,
    indicators.metric,
    indicators.spearman,
    indicators.mean_spearman_one_year,
    indicators.rounds_one_year,
    indicators.place_one_year,
    indicators.model_count

from fct_contribution_indicators as indicators
left join dim_rounds as rounds on indicators.round_number = rounds.round_number
order by indicators.round_number desc, indicators.place_one_year asc nulls last, indicators.metric asc
