{#
Grain: round_number, coverage_id, extreme_form. The forms of signals of which the top and bottom are chosen now: on
the whole universe (coverage 0) once, at the close; on the part that a due target covers.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

at_the_close as (

    select
        round_scores.round_number,
        cast(0 as bigint) as coverage_id,
        round_scores.extreme_form,
        round_scores.family,
        round_scores.factor_set,
        round_scores.meta_model,
        round_scores.top_bottom

    from round_scores
    inner join rounds_due on round_scores.round_number = rounds_due.round_number
    where rounds_due.is_stale or rounds_due.is_prepared

),

on_a_part as (

    select
        round_number,
        coverage_id,
        extreme_form,
        family,
        factor_set,
        meta_model,
        top_bottom

    from scores_due
    where coverage_id != 0

),

forms as (

    select * from at_the_close
    union
    select * from on_a_part

)

select * from forms
where extreme_form is not null
