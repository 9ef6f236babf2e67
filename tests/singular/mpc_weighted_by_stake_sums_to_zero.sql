{# Moving every stake by one factor leaves the portfolio as it is: Σ stake × MPC = 0 in every version. #}
select
    fct_scores.round_number,
    fct_scores.score_version,
    fct_scores.score_day,
    sum(fct_scores.value * fct_stakes.at_risk_nmr) as weighted_sum

from {{ ref('fct_scores') }} as fct_scores
inner join {{ ref('fct_stakes') }} as fct_stakes
    on
        fct_scores.round_number = fct_stakes.round_number
        and fct_scores.model_id = fct_stakes.model_id
where fct_scores.score = 'mpc' and fct_scores.value is not null
group by all
having abs(sum(fct_scores.value * fct_stakes.at_risk_nmr)) > 1e-12 * sum(fct_stakes.at_risk_nmr)
