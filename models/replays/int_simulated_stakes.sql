{#
Grain: round_number, model_id. The landed stakes of replayed rounds. A replay says how much is staked; who is at
risk is as it was, for whether a stake is zeroed hangs on signals alone.
#}
with

rounds_simulated as (

    select * from {{ ref('int_rounds_simulated') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

benchmarks as (

    select * from {{ ref('int_round_benchmarks') }}

)

select
    stakes.round_number,
    stakes.model_id,
    stakes.stake_nmr,
    stakes.at_risk_nmr > 0 as is_at_risk,
    stakes.mean_neutral_churn,
    benchmarks.model_id is not null as is_benchmark

from stakes
inner join rounds_simulated on stakes.round_number = rounds_simulated.round_number
left join benchmarks
    on
        stakes.round_number = benchmarks.round_number
        and stakes.model_id = benchmarks.model_id
