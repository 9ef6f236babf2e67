{#
Grain: round_number, score, score_version. The score definitions that apply to each round, and the metric whose
official series a score continues. Scores without a target are final at the close, on day 0. What pays keeps its
daily values. In validation nothing is at risk: scores that hang on stakes are left out, and those of
`neutralized_scores` are taken outside a factor set too.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

score_definitions as (

    select * from {{ ref('score_definitions') }}

),

neutralized_scores as (

    select * from {{ ref('neutralized_scores') }}

),

target_definitions as (

    select * from {{ ref('target_definitions') }}

),

canon_scores as (

    select * from {{ ref('canon_scores') }}

),

payout_terms as (

    select * from {{ ref('int_round_payout_terms') }}

),

neutralized as (

    select
        score_definitions.*,
        neutralized_scores.neutral_version,
        neutralized_scores.factor_set as neutral_set

    from score_definitions
    inner join neutralized_scores
        on
            score_definitions.tournament = neutralized_scores.tournament
            and score_definitions.score = neutralized_scores.score
            and score_definitions.score_version = neutralized_scores.score_version

),

definitions as (

    select
        *,
        meta_model is not null or family in ('mpc', 'tc', 'landed') as is_of_stakes,
        false as is_of_validation

    from score_definitions

    union all by name

    select
        * exclude (score_version, factor_set, neutral_version, neutral_set),
        neutral_version as score_version,
        neutral_set as factor_set,
        false as is_of_stakes,
        true as is_of_validation

    from neutralized

)

select
    rounds.round_number,
    definitions.score,
    definitions.score_version,
    definitions.family,
    definitions.target,
    coalesce(target_definitions.final_score_day, 0) as final_score_day,
    definitions.meta_model,
    definitions.factor_set,
    definitions.has_target_power,
    definitions.top_bottom,
    if(
        definitions.top_bottom is not null,
        concat_ws(
            ' ',
            definitions.family,
            definitions.factor_set,
            definitions.meta_model,
            definitions.top_bottom
        ),
        null
    ) as extreme_form,
    definitions.normalizer,
    definitions.scale,
    definitions.minimum_overlap,
    canon_scores.metric,
    definitions.keeps_daily or payout_terms.round_number is not null as keeps_daily

from rounds
inner join definitions
    on
        rounds.rule_set = definitions.tournament
        and {{ applies_to_round('definitions', 'rounds') }}
        and if(
            rounds.kind is not distinct from 'validation',
            not definitions.is_of_stakes,
            not definitions.is_of_validation
        )
left join target_definitions
    on
        definitions.tournament = target_definitions.tournament
        and definitions.target = target_definitions.target
left join canon_scores
    on
        definitions.tournament = canon_scores.tournament
        and definitions.score = canon_scores.score
        and definitions.score_version = canon_scores.score_version
        and {{ applies_to_round('canon_scores', 'rounds') }}
left join payout_terms
    on
        rounds.round_number = payout_terms.round_number
        and {{ names_score('payout_terms', 'definitions', 'canon_scores.metric') }}
