{#
Grain: account_id, season, score, as_of_date; due days. Season scores: the sum of an account's round scores over the number of
resolved rounds, so that a round it missed counts 0. Accounts with enough qualified rounds are ranked: by score, then
qualified rounds, then the older registration, then the id. The rules are those of the season's newest round.
#}
with

sums as (

    select * from {{ ref('int_season_sums') }}

),

states as (

    select * from {{ ref('int_season_states') }}

),

season_rounds as (

    select * from {{ ref('int_season_rounds') }}

),

entrants as (

    select * from {{ ref('int_entrants') }}
    where entrant_kind = 'account'

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

season_rules as (

    select * from {{ ref('season_rules') }}

),

seasons as (

    select
        season_rounds.season,
        arg_max(rounds.rule_set, rounds.round_number) as rule_set

    from season_rounds
    inner join rounds on season_rounds.round_number = rounds.round_number
    group by season_rounds.season

),

scored as (

    select
        sums.*,
        states.resolved_rounds,
        states.is_closed,
        states.is_revised,
        season_rules.tournament,
        season_rules.unqualified_title,
        entrants.created_at,
        cast(sums.score_sum as double) / states.resolved_rounds as season_score,
        sums.qualified_rounds >= season_rules.minimum_rounds as is_qualified

    from sums
    inner join states
        on
            sums.season = states.season
            and sums.score = states.score
            and sums.as_of_date = states.as_of_date
    inner join seasons on sums.season = seasons.season
    inner join season_rules on seasons.rule_set = season_rules.tournament
    left join entrants on sums.account_id = entrants.entrant_id

)

select
    * exclude (created_at),
    case
        when is_qualified
            then
                row_number() over (
                    partition by season, score, as_of_date, is_qualified
                    order by
                        {{ comparable_score('season_score') }} desc,
                        qualified_rounds desc,
                        created_at asc nulls last,
                        account_id asc
                )
    end as rank,
    count(*) filter (where is_qualified) over (
        partition by season, score, as_of_date
    ) as qualified_accounts

from scored
