{# Moving every stake by one factor leaves the portfolio as it is: Σ stake × MPC = 0 in every version. #}
with

scores as (

    select * from {{ ref('fct_scores') }}
    where {{ written_now(ref('fct_scores')) }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

)

select
    scores.round_number,
    scores.score_version,
    scores.score_day,
    sum(scores.value * stakes.at_risk_nmr) as weighted_sum

from scores
inner join stakes
    on
        scores.round_number = stakes.round_number
        and scores.model_id = stakes.model_id
where scores.score = 'mpc' and scores.value is not null
group by all
having abs(sum(scores.value * stakes.at_risk_nmr)) > 1e-12 * sum(stakes.at_risk_nmr)
