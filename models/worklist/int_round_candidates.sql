{#
Grain: round_number. The rounds to work on, found from the data, before their contracts are judged.
is_changed:  what the round is made from differs from the ledger, or a killed build left it half done.
is_stale:    changed; or its stability window holds other rounds than in the ledger, or a changed one: stakes, meta
             models, scores are redone.
is_prepared: signals and weights are prepared now: changed, or needed by a stale round's window or a due target
             day, and not held.
is_pruned:   signals and weights are dropped now: held, past, and not needed by this build.
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

rounds_past as (

    select * from {{ ref('int_rounds_past') }}

),

windows as (

    select
        round_number,
        unnest(lag_rounds) as lag_round

    from landed

),

rounds as (

    select
        round_number,
        landed.fingerprint,
        landed.lag_rounds,
        before.lag_rounds as former_lag_rounds,
        (landed.fingerprint is distinct from before.fingerprint)
        or coalesce(before.is_half_changed, false) as is_changed,
        coalesce(before.is_half_stale, false) as is_half_stale,
        coalesce(before.is_held, false) as is_held,
        coalesce(before.is_maybe_held, false) as is_maybe_held,
        coalesce(rounds_past.is_resolved, false) as is_past

    from landed
    full join before using (round_number)
    left join rounds_past using (round_number)

),

stale_rounds as (

    select round_number
    from rounds
    where
        is_changed
        or is_half_stale
        or lag_rounds is distinct from former_lag_rounds

    union

    select windows.round_number
    from windows
    inner join rounds on windows.lag_round = rounds.round_number
    where rounds.is_changed

),

needed_rounds as (

    select round_number from stale_rounds
    union
    select windows.lag_round as round_number
    from windows
    inner join stale_rounds on windows.round_number = stale_rounds.round_number
    union
    select round_number
    from target_days
    where fingerprint is not null

),

flagged as (

    select
        round_number,
        fingerprint,
        lag_rounds,
        former_lag_rounds,
        is_changed,
        round_number in (select stale_rounds.round_number from stale_rounds) as is_stale,
        is_changed
        or (
            not is_held
            and round_number in (select needed_rounds.round_number from needed_rounds)
        ) as is_prepared,
        is_past
        and is_maybe_held
        and round_number not in (select needed_rounds.round_number from needed_rounds)
            as is_pruned

    from rounds

)

select * from flagged
where is_stale or is_prepared or is_pruned
