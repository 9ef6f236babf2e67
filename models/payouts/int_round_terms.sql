{{ config(materialized='view') }}
{#
Grain: payout_rule, round_number, score, score_version. What each payout rule pays on, did it pay the round: where a term
names an official series, the score that stands for it in the round. A model's multiplier may be landed under the
name of the score, of the series that it continues, or of another score of that series.
#}
with

rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

),

canon_scores as (

    select * from {{ ref('canon_scores') }}

),

series as (

    select
        tournament,
        metric,
        [metric] || list(distinct score order by score) as names

    from canon_scores
    group by tournament, metric

)

select
    payout_terms.payout_rule,
    rounds.round_number,
    coalesce(canon_scores.score, payout_terms.score) as score,
    coalesce(canon_scores.score_version, payout_terms.score_version) as score_version,
    payout_terms.multiplier,
    [coalesce(canon_scores.score, payout_terms.score)]
    || coalesce(series.names, []) as multiplier_names

from rounds
cross join payout_terms
left join canon_scores
    on
        rounds.rule_set = canon_scores.tournament
        and {{ applies_to_round('canon_scores', 'rounds') }}
        and {{ names_score('payout_terms', 'canon_scores', 'canon_scores.metric') }}
left join series
    on
        canon_scores.tournament = series.tournament
        and canon_scores.metric = series.metric
