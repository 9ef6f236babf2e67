{# Grain: round_number. What the contract of rounds/ is judged on. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

rounds as (

    select * from {{ ref('stg_tournament__rounds') }}

)

select
    rounds.round_number,
    count(*) as row_count,
    count_if(
        rounds.tournament is null
        or rounds.kind is null
        or rounds.era_date is null
        or rounds.open_at is null
        or rounds.close_at is null
    ) as missing_values,
    count(*) filter (where rounds.kind not in ('live', 'validation')) as unknown_kinds,
    count(*) filter (where rounds.close_at <= rounds.open_at) as closes_before_open,
    count(*) filter (where rounds.open_at < rounds.era_date) as opens_before_era,
    count(*) filter (
        where
        not isfinite(rounds.payout_factor)
        or rounds.payout_factor not between 0 and 1
        or not isfinite(rounds.total_at_risk_nmr)
        or rounds.total_at_risk_nmr < 0
    ) as unusable_payout_terms

from rounds
inner join candidates on rounds.round_number = candidates.round_number
where candidates.is_stale or candidates.is_prepared
group by all
