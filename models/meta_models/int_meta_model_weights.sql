{#
Grain: round_number, meta_model, model_key. The weight of each accepted model in each meta model of a stale
round: its share of the stake at risk, or an equal one. Below the minimum stake there is none, and in a meta model of
benchmarks only they have one.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

round_meta_models as (

    select * from {{ ref('int_round_meta_models') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

stakes as (

    select * from {{ ref('int_stakes_at_risk') }}

),

benchmarks as (

    select * from {{ ref('int_round_references') }}
    where is_benchmark

),

staked as (

    select
        submissions.round_number,
        submissions.model_key,
        stakes.at_risk_nmr,
        benchmarks.model_id is not null as is_benchmark

    from submissions
    inner join rounds_due on submissions.round_number = rounds_due.round_number
    inner join stakes
        on
            submissions.round_number = stakes.round_number
            and submissions.model_key = stakes.model_key
    left join benchmarks
        on
            submissions.round_number = benchmarks.round_number
            and submissions.model_id = benchmarks.model_id
    where
        submissions.status = 'accepted'
        and rounds_due.is_stale
        and stakes.at_risk_nmr > 0

),

members as (

    select
        staked.round_number,
        round_meta_models.meta_model,
        staked.model_key,
        case round_meta_models.weighting
            when 'stake' then staked.at_risk_nmr
            when 'equal' then 1
        end as member_size

    from staked
    inner join round_meta_models
        on
            staked.round_number = round_meta_models.round_number
            and (staked.is_benchmark or not round_meta_models.is_of_benchmarks)
            and (
                staked.at_risk_nmr > round_meta_models.minimum_stake_nmr
                or (
                    round_meta_models.is_minimum_included
                    and staked.at_risk_nmr = round_meta_models.minimum_stake_nmr
                )
            )

),

totals as (

    select
        round_number,
        meta_model,
        {{ exact_sum_of_amounts('member_size') }} as total_size

    from members
    group by all

)

select
    members.round_number,
    members.meta_model,
    members.model_key,
    members.member_size / totals.total_size as weight

from members
inner join totals
    on
        members.round_number = totals.round_number
        and members.meta_model = totals.meta_model
