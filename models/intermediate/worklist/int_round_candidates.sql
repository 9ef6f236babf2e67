{#
Grain: round_number. The rounds to work on, found from the data, before their contracts are judged.
is_changed:  what the round is made from differs from the ledger, or a killed build left it half done.
is_stale:    changed, or a round in its stability window changed: stakes, meta models, scores are redone.
is_prepared: signals and weights are prepared now: changed, or needed by a stale round's window, a due target
             day or a replay, and not held.
is_pruned:   signals and weights are dropped now: held, outside every window, closed and resolved.
A round that is no longer landed is changed, with no fingerprint: its rows go.
#}
with

landed as (

    select * from {{ ref('int_rounds_landed') }}

),

before as (

    select * from {{ ref('int_rounds_before') }}

),

target_days as (

    select * from {{ ref('int_target_days_changed') }}

),

resolutions as (

    select * from {{ ref('int_rounds_resolved') }}

),

rounds_simulated as (

    select * from {{ ref('int_rounds_simulated') }}

),

rounds as (

    select
        round_number,
        landed.kind,
        landed.era_date,
        landed.window_days,
        landed.fingerprint,
        before.kind as former_kind,
        before.era_date as former_era_date,
        (landed.fingerprint is distinct from before.fingerprint)
        or coalesce(before.is_half_changed, false) as is_changed,
        coalesce(before.is_half_stale, false) as is_half_stale,
        coalesce(before.is_held, false) as is_held,
        coalesce(before.is_maybe_held, false) as is_maybe_held,
        coalesce(landed.is_closed and resolutions.is_resolved, false)
        and landed.era_date
        < max(landed.era_date) over (partition by landed.kind) - landed.window_days as is_over

    from landed
    full join before using (round_number)
    left join resolutions using (round_number)

),

changed_eras as (

    select
        kind,
        era_date

    from rounds
    where is_changed

    union

    select
        former_kind as kind,
        former_era_date as era_date

    from rounds
    where is_changed

),

stale_rounds as (

    select distinct rounds.round_number
    from rounds
    left join changed_eras
        on
            rounds.kind = changed_eras.kind
            and rounds.era_date > changed_eras.era_date
            and rounds.era_date <= changed_eras.era_date + rounds.window_days
    where rounds.is_changed or rounds.is_half_stale or changed_eras.era_date is not null

),

stale_windows as (

    select distinct earlier.round_number
    from stale_rounds
    inner join rounds as later on stale_rounds.round_number = later.round_number
    inner join rounds as earlier
        on
            later.kind = earlier.kind
            and earlier.era_date <= later.era_date
            and earlier.era_date >= later.era_date - later.window_days

),

needed_rounds as (

    select round_number from stale_rounds
    union
    select round_number from stale_windows
    union
    select round_number
    from target_days
    where fingerprint is not null
    union
    select round_number from rounds_simulated

),

flagged as (

    select
        rounds.round_number,
        rounds.kind,
        rounds.era_date,
        rounds.fingerprint,
        rounds.window_days,
        rounds.is_changed,
        stale_rounds.round_number is not null as is_stale,
        rounds.is_changed
        or (needed_rounds.round_number is not null and not rounds.is_held) as is_prepared,
        needed_rounds.round_number is null
        and rounds.is_over
        and rounds.is_maybe_held as is_pruned

    from rounds
    left join stale_rounds on rounds.round_number = stale_rounds.round_number
    left join needed_rounds on rounds.round_number = needed_rounds.round_number

)

select * from flagged
where is_stale or is_prepared or is_pruned
