{{ config(materialized='view') }}
{#
Grain: round_number, score, score_version. The score definitions that apply to each round, and the metric whose
official series a score continues. Scores without a target are final at the close, on day 0. What pays keeps its
daily values.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

score_definitions as (

    select * from {{ ref('score_definitions') }}

),

target_definitions as (

    select * from {{ ref('target_definitions') }}

),

canon_scores as (

    select * from {{ ref('canon_scores') }}

),

payout_terms as (

    select * from {{ ref('int_round_payout_terms') }}

)

select
    rounds.round_number,
    score_definitions.score,
    score_definitions.score_version,
    score_definitions.family,
    score_definitions.target,
    coalesce(target_definitions.final_score_day, 0) as final_score_day,
    score_definitions.meta_model,
    score_definitions.factor_set,
    score_definitions.has_target_power,
    score_definitions.top_bottom,
    if(
        score_definitions.top_bottom is not null,
        concat_ws(
            ' ',
            score_definitions.family,
            score_definitions.factor_set,
            score_definitions.meta_model,
            score_definitions.top_bottom
        ),
        null
    ) as extreme_form,
    score_definitions.normalizer,
    score_definitions.scale,
    score_definitions.minimum_overlap,
    canon_scores.metric,
    score_definitions.keeps_daily or payout_terms.round_number is not null as keeps_daily

from rounds
inner join score_definitions
    on
        rounds.rule_set = score_definitions.tournament
        and {{ applies_to_round('score_definitions', 'rounds') }}
left join target_definitions
    on
        score_definitions.tournament = target_definitions.tournament
        and score_definitions.target = target_definitions.target
left join canon_scores
    on
        score_definitions.tournament = canon_scores.tournament
        and score_definitions.score = canon_scores.score
        and score_definitions.score_version = canon_scores.score_version
        and {{ applies_to_round('canon_scores', 'rounds') }}
left join payout_terms
    on
        rounds.round_number = payout_terms.round_number
        and {{ names_score('payout_terms', 'score_definitions', 'canon_scores.metric') }}
