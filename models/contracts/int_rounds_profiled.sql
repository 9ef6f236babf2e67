{#
Grain: round_number. What the contract of rounds/ is judged on. The tournament of a warehouse is the one, of
those with rules, that most rounds name.
#}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

rounds as (

    select * from {{ ref('stg_tournament__rounds') }}

),

rounds_apart as (

    select * from {{ ref('int_rounds_apart') }}

),

score_definitions as (

    select * from {{ ref('score_definitions') }}

),

tournaments as (

    select
        rounds.tournament,
        row_number() over (order by count(*) desc, rounds.tournament) = 1 as is_of_warehouse

    from rounds
    semi join score_definitions on rounds.tournament = score_definitions.tournament
    group by rounds.tournament

),

due as (

    select
        rounds.*,
        rounds_apart.years_beyond_others,
        tournaments.is_of_warehouse

    from rounds
    inner join candidates on rounds.round_number = candidates.round_number
    left join rounds_apart on rounds.round_number = rounds_apart.round_number
    left join tournaments on rounds.tournament = tournaments.tournament
    where candidates.is_stale or candidates.is_prepared

)

select
    round_number,
    count(*) as row_count,
    string_agg(distinct path, ' and ' order by path) as row_count_example,
    {{ count_faults('negative_numbers', 'round_number < 0') }},
    {{
        count_faults(
            'missing_values',
            'tournament is null or kind is null or era_date is null or open_at is null '
            ~ 'or close_at is null'
        )
    }},
    {{
        count_faults(
            'tournaments_without_rules',
            'tournament is not null and is_of_warehouse is null',
            "concat('tournament ', tournament)"
        )
    }},
    {{
        count_faults(
            'other_tournaments', 'not is_of_warehouse', "concat('tournament ', tournament)"
        )
    }},
    {{
        count_faults(
            'unknown_kinds', "kind not in ('live', 'validation')", "concat('kind ', kind)"
        )
    }},
    {{ count_faults('closes_before_open', 'close_at <= open_at') }},
    {{ count_faults('opens_before_era', 'open_at < era_date') }},
    {{
        count_faults(
            'unusable_payout_terms',
            'not isfinite(payout_factor) or payout_factor not between 0 and 1 '
            ~ 'or not isfinite(total_at_risk_nmr) or total_at_risk_nmr < 0'
        )
    }},
    coalesce(max(years_beyond_others), 0) as years_beyond_others,
    min(path) as years_beyond_others_example,
    coalesce(max(date_diff('year', open_at, close_at)), 0) as years_open,
    min(path) as years_open_example,
    coalesce(
        max(date_diff('day', era_date, cast(open_at as date))) filter (where kind = 'live'), 0
    ) as days_after_era,
    min(path) as days_after_era_example

from due
group by all
