-- Grain: round_number, ticker. The stocks of each round with their features, in order.
select
    features.*,
    securities.sector,
    securities.country

from features
inner join securities on features.ticker = securities.ticker
where
    features.days_of_history >= 252
    and features.close >= $min_price
    and features.quarter_dollar_volume >= $min_dollar_volume
    and features.quarter_dollar_volume > 0
order by features.round_number, features.ticker
