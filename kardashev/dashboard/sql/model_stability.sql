-- Grain: round_number, figure. Largest churn and turnover of each window, beside what the round allows.
with

figures as (

    select
        round_number,
        max(churn) as churn,
        max(turnover) as turnover

    from fct_stability
    where model_id = $model_id
    group by round_number

),

figured as (

    select
        round_number,
        unnest(['churn', 'turnover']) as figure,
        unnest([churn, turnover]) as value

    from figures

)

select
    figured.round_number,
    rounds.era_date,
    figured.figure,
    figured.value,
    if(figured.figure = 'churn', rounds.churn_threshold, rounds.turnover_threshold) as threshold,
    figured.value >= threshold as reaches_threshold

from figured
left join dim_rounds as rounds on figured.round_number = rounds.round_number
where figured.value is not null
order by figured.round_number, figured.figure
