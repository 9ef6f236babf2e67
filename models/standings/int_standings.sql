{#
Grain: entrant_kind, entrant_id, score, as_of_date. Reputations with ranks: by reputation over a year, then the number
of rounds, then the older registration, then the id; and the rank of the as-of date before.
#}
with

reputations as (

    select * from {{ ref('int_reputations') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

stakes as (

    select * from {{ ref('int_standing_stakes') }}

),

entrants as (

    select
        'model' as entrant_kind,
        model_id as entrant_id,
        created_at

    from models

    union all

    select
        'account' as entrant_kind,
        account_id as entrant_id,
        min(created_at) as created_at

    from models
    where account_id is not null
    group by account_id

),

ranked as (

    select
        reputations.*,
        row_number() over (
            partition by
                reputations.entrant_kind, reputations.score, reputations.as_of_date
            order by
                {{ comparable_score('reputations.reputation') }} desc,
                reputations.round_count desc,
                entrants.created_at asc nulls last,
                reputations.entrant_id asc
        ) as rank

    from reputations
    left join entrants
        on
            reputations.entrant_kind = entrants.entrant_kind
            and reputations.entrant_id = entrants.entrant_id
    where reputations.reputation is not null

),

as_of_dates as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as previous_date

    from {{ ref('int_as_of_dates') }}

)

select
    ranked.entrant_kind,
    ranked.entrant_id,
    ranked.as_of_date,
    ranked.score,
    ranked.reputation,
    ranked.reputation_three_months,
    ranked.reputation_all_time,
    ranked.round_count,
    cast(ranked.rank as integer) as rank,
    cast(former.rank as integer) as previous_rank,
    coalesce(stakes.stake_nmr, 0) as stake_nmr,
    coalesce(stakes.at_risk_nmr, 0) as at_risk_nmr

from ranked
inner join as_of_dates on ranked.as_of_date = as_of_dates.as_of_date
left join ranked as former
    on
        ranked.entrant_kind = former.entrant_kind
        and ranked.entrant_id = former.entrant_id
        and ranked.score = former.score
        and as_of_dates.previous_date = former.as_of_date
left join stakes
    on
        ranked.entrant_kind = stakes.entrant_kind
        and ranked.entrant_id = stakes.entrant_id
        and ranked.as_of_date = stakes.as_of_date
