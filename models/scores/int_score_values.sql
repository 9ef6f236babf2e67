{{ config(materialized='view') }}
{#
Grain: round_number, score, score_version, target, score_day, known_at, model_key. Every value taken, by whichever way;
a matrix score that cannot be taken says why.
#}
with

correlations as (

    select * from {{ ref('int_correlations') }}

),

contributions as (

    select * from {{ ref('int_contributions') }}

),

matrix_scores as (

    select * from {{ ref('int_matrix_scores') }}

),

true_contributions as (

    select * from {{ ref('int_true_contributions') }}

)

select * from correlations
union all by name
select * from contributions
union all by name
select * from matrix_scores
union all by name
select * exclude (standard_error, half_sample_correlation) from true_contributions
