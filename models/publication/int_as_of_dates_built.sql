{#
Grain: as_of_date. The ledger of days: what the standings of each were made from, and whether its sums are held, written
when they are done.
#}
-- depends_on: {{ ref('leaderboard_models') }}
-- depends_on: {{ ref('leaderboard_accounts') }}
-- depends_on: {{ ref('leaderboard_seasons') }}
-- depends_on: {{ ref('fct_signal_types') }}
-- depends_on: {{ ref('fct_misplaced_stakes') }}
-- depends_on: {{ ref('fct_underrated_models') }}
with

as_of_dates_due as (

    select * from {{ ref('int_as_of_dates_due') }}

)

select
    as_of_date,
    fingerprint,
    is_held,
    build_id

from as_of_dates_due
where fingerprint is not null
