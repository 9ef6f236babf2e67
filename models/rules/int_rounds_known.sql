{#
Grain: round_number. The calendar, with the rules that apply to each round: none to one whose tournament has none, which
its contract refuses.
#}
with

rounds as (

    select * from {{ ref('stg_tournament__rounds') }}

),

score_definitions as (

    select * from {{ ref('score_definitions') }}

),

stability_rules as (

    select * from {{ ref('stability_rules') }}

),

single_rounds as (

    -- A round landed twice is refused by its contract; until then one row stands for it.
    select * exclude (path)
    from rounds
    qualify
        row_number() over (
            partition by round_number order by era_date, open_at, close_at, kind, tournament
        ) = 1

),

rule_sets as (

    select distinct tournament from score_definitions

),

ruled as (

    select
        single_rounds.*,
        rule_sets.tournament as rule_set

    from single_rounds
    left join rule_sets on single_rounds.tournament = rule_sets.tournament

)

select
    ruled.*,
    coalesce(stability_rules.window_days, 0) as window_days,
    stability_rules.window_rounds,
    stability_rules.fallback_days,
    stability_rules.minimum_overlap,
    stability_rules.churn_threshold,
    stability_rules.turnover_threshold

from ruled
left join stability_rules
    on
        ruled.rule_set = stability_rules.tournament
        and ruled.kind = stability_rules.kind
        and {{ applies_to_round('stability_rules', 'ruled') }}
