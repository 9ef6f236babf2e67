{{ config(materialized='view') }}
{#
Grain: round_number, lag_round. Each round with the rounds of its stability window: of the same kind, with an era in
the days before its own; the newest ones where the rule says how many. When no round at all lies there, as about a
holiday, the last earlier one that is not older than the rule says.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

earlier_rounds as (

    select
        round_number,
        kind,
        era_date

    from rounds

),

candidates as (

    select
        rounds.round_number,
        earlier_rounds.round_number as lag_round,
        rounds.minimum_overlap,
        rounds.window_rounds,
        rounds.era_date <= earlier_rounds.era_date + rounds.window_days as is_in_days,
        row_number() over (
            partition by rounds.round_number
            order by earlier_rounds.era_date desc, earlier_rounds.round_number desc
        ) as lag

    from rounds
    inner join earlier_rounds
        on
            rounds.kind = earlier_rounds.kind
            and rounds.era_date > earlier_rounds.era_date
            and rounds.era_date
            <= earlier_rounds.era_date + greatest(rounds.window_days, rounds.fallback_days)

)

select
    round_number,
    lag_round,
    minimum_overlap

from candidates
where
    lag = 1
    or (is_in_days and lag <= coalesce(window_rounds, lag))
