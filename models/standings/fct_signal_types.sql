{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_due',
}) }}
{#
Grain: model_id, as_of_date. The Kardashev type of each model by what was known on the day: the highest of
I, II and III whose evidence is above zero, and the evidence; and whether the meta model is of Type IV,
which nobody improves.
#}
with

tests as (

    select * from {{ ref('int_signal_tests') }}

),

models as (

    select
        model_id,
        as_of_date,
        any_value(round_count) filter (where evidence = 'return') as return_rounds,
        any_value(overlapping_rounds) filter (where evidence = 'return') as return_overlap,
        any_value(mean) filter (where evidence = 'return') as mean_return,
        any_value(t_statistic) filter (where evidence = 'return') as return_t,
        any_value(adjusted_p_value) filter (where evidence = 'return') as return_p,
        bool_or(is_above_zero) filter (where evidence = 'return') as is_type_one,
        any_value(mean) filter (where evidence = 'net_return') as mean_net_return,
        any_value(t_statistic) filter (where evidence = 'net_return') as net_return_t,
        any_value(adjusted_p_value) filter (where evidence = 'net_return') as net_return_p,
        bool_or(is_above_zero) filter (where evidence = 'net_return') as is_type_two,
        any_value(round_count) filter (where evidence = 'tc') as tc_rounds,
        any_value(overlapping_rounds) filter (where evidence = 'tc') as tc_overlap,
        any_value(mean) filter (where evidence = 'tc') as mean_tc,
        any_value(t_statistic) filter (where evidence = 'tc') as tc_t,
        any_value(adjusted_p_value) filter (where evidence = 'tc') as tc_p,
        bool_or(is_above_zero) filter (where evidence = 'tc') as is_type_three,
        any_value(round_count) filter (where evidence = 'mpc') as mpc_rounds,
        any_value(mean) filter (where evidence = 'mpc') as mean_mpc,
        any_value(t_statistic) filter (where evidence = 'mpc') as mpc_t,
        any_value(adjusted_p_value) filter (where evidence = 'mpc') as mpc_p

    from tests
    group by all

)

select
    model_id,
    as_of_date,
    case
        when is_type_three then 'III'
        when is_type_two then 'II'
        when is_type_one then 'I'
    end as kardashev_type,
    coalesce(is_type_one, false) as is_type_one,
    coalesce(is_type_two, false) as is_type_two,
    coalesce(is_type_three, false) as is_type_three,
    case
        when count(tc_p) over on_the_day = 0 then null
        else not bool_or(coalesce(is_type_three, false)) over on_the_day
    end as is_meta_model_type_four,
    count(tc_p) over on_the_day as models_tested,
    return_rounds,
    return_overlap,
    mean_return,
    return_t,
    return_p,
    mean_net_return,
    net_return_t,
    net_return_p,
    tc_rounds,
    tc_overlap,
    mean_tc,
    tc_t,
    tc_p,
    mpc_rounds,
    mean_mpc,
    mpc_t,
    mpc_p

from models
window on_the_day as (partition by as_of_date)
