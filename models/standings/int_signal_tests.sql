{#
Grain: model_id, as_of_date, evidence. Which means are above zero for sure: p-values adjusted after Holm
over the models that have the rounds to be tested. In ascending order, the i-th of m becomes the largest (m
− j + 1) · p_j of j ≤ i.
#}
with

statistics as (

    select * from {{ ref('int_signal_statistics') }}

),

contribution_rules as (

    select * from {{ ref('contribution_rules') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

rules as (

    select contribution_rules.*
    from contribution_rules
    semi join rounds on contribution_rules.tournament = rounds.rule_set

),

tested as (

    select
        statistics.*,
        rules.significance,
        (
            count(*) over (partition by statistics.as_of_date, statistics.evidence)
            - row_number() over in_order + 1
        ) * statistics.p_value as step_p_value

    from statistics
    inner join rules on statistics.round_count >= rules.minimum_rounds
    where statistics.p_value is not null
    window
        in_order as (
            partition by statistics.as_of_date, statistics.evidence
            order by statistics.p_value, statistics.model_id
        )

),

adjusted as (

    select
        model_id,
        as_of_date,
        evidence,
        significance,
        least(
            max(step_p_value) over (
                partition by as_of_date, evidence order by p_value, model_id
            ),
            1
        ) as adjusted_p_value

    from tested

)

select
    statistics.model_id,
    statistics.as_of_date,
    statistics.evidence,
    statistics.round_count,
    statistics.overlapping_rounds,
    statistics.mean,
    statistics.t_statistic,
    adjusted.adjusted_p_value,
    coalesce(adjusted.adjusted_p_value < adjusted.significance, false) as is_above_zero

from statistics
left join adjusted
    on
        statistics.model_id = adjusted.model_id
        and statistics.as_of_date = adjusted.as_of_date
        and statistics.evidence = adjusted.evidence
