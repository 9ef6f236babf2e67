-- Grain: round_number. The newest True Contribution of each round, and 1.96 standard errors about it.
with

contributions as (

    select *

    from fct_true_contributions
    where model_id = $model_id and score_version = 'v1'
    qualify
        row_number() over (
            partition by round_number order by score_day desc, known_at desc
        ) = 1

)

select
    contributions.round_number,
    rounds.era_date,
    contributions.score_day,
    contributions.value,
    contributions.standard_error,
    contributions.value - 1.96 * contributions.standard_error as low,
    contributions.value + 1.96 * contributions.standard_error as high

from contributions
left join dim_rounds as rounds on contributions.round_number = rounds.round_number
where contributions.value is not null
order by contributions.round_number
