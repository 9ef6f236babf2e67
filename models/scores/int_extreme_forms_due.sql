{#
Grain: round_number, extreme_form. The forms of signals of which the top and bottom are chosen once, at the close. Of
correlations the ranks say it at once: they are not kept.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

)

select distinct
    round_scores.round_number,
    round_scores.extreme_form,
    round_scores.family,
    round_scores.factor_set,
    round_scores.meta_model,
    round_scores.top_bottom

from round_scores
inner join rounds_due on round_scores.round_number = rounds_due.round_number
where
    (rounds_due.is_stale or rounds_due.is_prepared)
    and round_scores.extreme_form is not null
    and round_scores.family != 'correlation'
