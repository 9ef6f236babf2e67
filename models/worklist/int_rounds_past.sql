{#
Grain: round_number. The rounds whose signals nothing needs after this build: closed, with every score final then,
neither the newest of their kind nor in the window of one that is. A backfill lets their signals go, but for those of
validation, which diagnostics read afterwards.
#}
with

landed as (

    select * from {{ ref('int_rounds_landed') }}

),

resolutions as (

    select * from {{ ref('int_rounds_resolved') }}

),

newest as (

    select
        round_number,
        lag_rounds

    from landed
    qualify era_date = max(era_date) over (partition by kind)

),

needed as (

    select round_number from newest
    union
    select unnest(lag_rounds) as round_number from newest

)

select
    landed.round_number,
    resolutions.is_resolved,
    coalesce(landed.kind != 'validation', false) as is_let_go

from landed
inner join resolutions on landed.round_number = resolutions.round_number
anti join needed on landed.round_number = needed.round_number
where landed.is_closed and resolutions.will_be_resolved
