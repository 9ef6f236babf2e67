-- Grain: meta_model, figure. How far each meta model moved since the rounds before, beside its members' mean.
with

largest as (

    select
        meta_model,
        max(churn) as churn,
        max(turnover) as turnover,
        max(mean_member_churn) as mean_member_churn,
        max(mean_member_turnover) as mean_member_turnover,
        max(member_count) as members

    from fct_meta_model_stability
    where round_number = $round_number
    group by meta_model

)

select
    meta_model,
    members,
    unnest(['churn', 'members'' churn', 'turnover', 'members'' turnover']) as figure,
    unnest([churn, mean_member_churn, turnover, mean_member_turnover]) as value

from largest
order by meta_model, figure
