{#
Grain: model_id. Models with a stake, a submission or a score that models/ does not hold. Of rounds that have not changed,
the last build's marts say who took part.
#}
{% set stakes_before = left_by_last_build(
    'fct_stakes', round_number='integer', model_id='varchar', stake_nmr='double'
) %}
{% set submissions_before = left_by_last_build(
    'fct_submissions', round_number='integer', model_id='varchar', status='varchar'
) %}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

),

submissions as (

    select * from {{ ref('stg_tournament__submissions') }}

),

scores as (

    select * from {{ ref('stg_tournament__scores') }}

),

models_known as (

    select * from {{ ref('int_models_known') }}

),

participants_before as (

    select
        round_number,
        model_id
    from {{ stakes_before }}
    where stake_nmr > 0
    union all
    select
        round_number,
        model_id
    from {{ submissions_before }}
    where status != 'missing'

),

participants as (

    select model_id
    from stakes
    where stake_nmr > 0
    union
    select model_id from submissions
    union
    select model_id from scores
    union
    select participants_before.model_id
    from participants_before
    anti join candidates
        on
            participants_before.round_number = candidates.round_number
            and candidates.is_changed

)

select participants.model_id
from participants
anti join models_known on participants.model_id = models_known.model_id
where participants.model_id is not null
