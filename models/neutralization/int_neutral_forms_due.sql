{# Grain: round_number, factor_set. The factor sets that signals of the rounds prepared now are neutralized to. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

columns as (

    select * from {{ ref('int_factor_columns') }}

),

landed as (

    select distinct
        round_number,
        factor_set

    from columns

),

of_scores as (

    select distinct
        round_number,
        factor_set

    from round_scores
    where family = 'correlation'

)

select
    landed.round_number,
    landed.factor_set

from landed
inner join rounds_due on landed.round_number = rounds_due.round_number
left join of_scores
    on
        landed.round_number = of_scores.round_number
        and landed.factor_set = of_scores.factor_set
where
    rounds_due.is_prepared
    and (of_scores.factor_set is not null or landed.factor_set = 'neutralizers')
