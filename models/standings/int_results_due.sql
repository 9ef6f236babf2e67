{#
Grain: round_number. The worklist of standings and of the fund: every round that is known, or was when the last build
was done.
is_due:   its results are taken anew: stakes, a final score, registrations, or what the fund holds it for have changed;
          or the days of its returns hold a round whose turnover has.
is_scored: due, or a day of its targets is due: what is made of the round's own scores.
is_after: the fund's figures run on from round to round: due, a day of its targets is due, or it comes after such a round.
#}
with

landed as (

    select * from {{ ref('int_results_landed') }}

),

fund_rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

before as (

    select * from {{ ref('int_results_before') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

registrations_due as (

    select * from {{ ref('int_registrations_due') }}

),

ledger as (

    select * from before
    where not is_unfinished

),

compared as (

    select
        round_number,
        coalesce(landed.era_date, ledger.era_date) as era_date,
        coalesce(landed.close_at, ledger.close_at) as close_at,
        landed.fingerprint,
        ledger.fingerprint as former_fingerprint

    from landed
    full join ledger using (round_number)

),

touched as (

    select round_number
    from compared
    where fingerprint is distinct from former_fingerprint

    union

    select round_number
    from rounds_due
    where is_stale

    union

    select round_number
    from before
    where is_unfinished

),

-- Where a touched round stands, and stood.
places as (

    select
        round_number,
        era_date,
        close_at

    from compared

    union

    select
        round_number,
        era_date,
        close_at

    from before

),

due as (

    select round_number from touched
    union
    select round_number from registrations_due
    union
    select round_number
    from target_days_due
    where is_due and coalesce(is_final, true)
    union
    select fund_rounds.round_number
    from fund_rounds
    inner join places
        on
            places.era_date <= fund_rounds.era_date
            and places.era_date > fund_rounds.era_date - fund_rounds.calendar_days
    semi join touched on places.round_number = touched.round_number

),

scored as (

    select round_number from due
    union
    select round_number
    from target_days_due
    where is_due

),

first_moved as (

    select
        min(era_date) as era_date,
        min(close_at) as close_at

    from places
    where round_number in (select scored.round_number from scored)

)

select
    compared.round_number,
    compared.era_date,
    compared.close_at,
    compared.fingerprint,
    '{{ invocation_id }}' as build_id,
    compared.round_number in (select due.round_number from due) as is_due,
    compared.round_number in (select scored.round_number from scored) as is_scored,
    coalesce(
        compared.era_date >= first_moved.era_date
        or compared.close_at >= first_moved.close_at,
        false
    ) as is_after

from compared
cross join first_moved
