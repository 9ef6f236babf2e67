-- Grain: evidence. The model's newest tests for the Kardashev types.
with

types as (

    select *

    from fct_signal_types
    where model_id = $model_id
    qualify row_number() over (order by as_of_date desc) = 1

)

select
    as_of_date,
    kardashev_type,
    unnest(['return (I)', 'net return (II)', 'TC (III)', 'MPC (beside)']) as evidence,
    unnest([return_rounds, return_rounds, tc_rounds, mpc_rounds]) as rounds,
    unnest([mean_return, mean_net_return, mean_tc, mean_mpc]) as mean_value,
    unnest([return_t, net_return_t, tc_t, mpc_t]) as t,
    unnest([return_p, net_return_p, tc_p, mpc_p]) as adjusted_p,
    unnest([is_type_one, is_type_two, is_type_three, null]) as is_proved

from types
