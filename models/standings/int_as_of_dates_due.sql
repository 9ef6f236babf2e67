{#
Grain: as_of_date. The worklist of days: those on which a final score became known or was taken back, any others that the
variable `as_of_dates` asks for, and those that the last build had beside them.
is_due:    standings are made now: on the first day whose news differ from the ledger, and on all days after it.
is_summed: sums are taken now: of due days, and of the one before them, whose ranks they name.
is_pruned: sums are dropped now. They stay of the last day, and of the last of each month: there a redo can begin.
#}
with

news as (

    select * from {{ ref('int_round_news') }}

),

before as (

    select * from {{ ref('int_as_of_dates_before') }}

),

rules as (

    select * from {{ ref('int_standing_rules') }}

),

as_of_dates as (

    select news_date as as_of_date
    from news
    where has_scores

    union

    select unnest(cast({{ var('as_of_dates', []) | map('string') | list }} as date[])) as as_of_date

),

news_of_days as (

    select
        as_of_dates.as_of_date,
        sum(news.content_hash) as content_hash

    from news
    asof inner join as_of_dates on news.news_date <= as_of_dates.as_of_date
    group by all

),

days as (

    select
        as_of_dates.as_of_date,
        hash(news_of_days.content_hash, rules.rules_hash) as fingerprint,
        -- Of the last day there is none after it.
        coalesce(
            date_trunc('month', as_of_dates.as_of_date)
            != date_trunc('month', lead(as_of_dates.as_of_date) over in_order),
            true
        ) as is_last_of_month

    from as_of_dates
    left join news_of_days on as_of_dates.as_of_date = news_of_days.as_of_date
    cross join rules
    window in_order as (order by as_of_dates.as_of_date)

),

compared as (

    select
        as_of_date,
        days.fingerprint,
        before.fingerprint as former_fingerprint,
        coalesce(days.is_last_of_month, false) as is_last_of_month,
        coalesce(before.is_unfinished, false) as is_unfinished,
        coalesce(before.is_held, false) as was_held,
        coalesce(before.is_maybe_held, false) as was_maybe_held

    from days
    full join before using (as_of_date)

),

first_due as (

    select min(as_of_date) as as_of_date
    from compared
    where is_unfinished or (fingerprint is distinct from former_fingerprint)

),

day_before as (

    select
        max(compared.as_of_date) filter (where compared.fingerprint is not null) as as_of_date,
        max(compared.as_of_date) filter (where compared.was_held) as base_date

    from compared
    inner join first_due on compared.as_of_date < first_due.as_of_date

),

flagged as (

    select
        compared.*,
        day_before.base_date,
        coalesce(compared.as_of_date >= first_due.as_of_date, false) as is_due,
        compared.fingerprint is not null
        and (
            is_due or coalesce(compared.as_of_date = day_before.as_of_date, false)
        ) as is_summed,
        compared.was_maybe_held
        and not is_summed
        and not compared.is_last_of_month as is_pruned

    from compared
    cross join first_due
    cross join day_before

)

select
    as_of_date,
    fingerprint,
    base_date,
    '{{ invocation_id }}' as build_id,
    is_due,
    is_summed,
    is_pruned,
    is_summed or (was_held and not is_pruned) as is_held

from flagged
