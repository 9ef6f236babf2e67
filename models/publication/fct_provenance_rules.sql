{{ config(
    materialized='incremental',
    meta={'worklist': 'int_provenance_due', 'redoes': 'is_redone'},
) }}
{#
Grain: round_number, rule_table, rule_row. The rows of seeds/rules that applied to each round when it was last redone, each
as JSON.
#}
{% set dated = [
    'score_definitions', 'meta_model_definitions', 'payout_rules', 'portfolio_limits', 'dropout_rules',
    'stability_rules', 'contract_expectations',
] %}
{# Every row of a series counts: a multiplier may be landed under the name of a score that the series had before. #}
{% set undated = ['canon_scores', 'target_definitions', 'factor_sets'] %}
with

provenance_due as (

    select * from {{ ref('int_provenance_due') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

{% for seed in dated + undated + ['payout_terms'] %}
    {{ seed }} as (

        select * from {{ ref(seed) }}

    ),

{% endfor %}

rounds_redone as (

    select rounds.*
    from rounds
    inner join provenance_due on rounds.round_number = provenance_due.round_number
    where provenance_due.is_redone

),

terms as (

    select
        payout_rule,
        cast(to_json(payout_terms) as varchar) as rule_row

    from payout_terms

),

applied as (

    {% for seed in dated + undated %}
        select
            rounds_redone.round_number,
            '{{ seed }}' as rule_table,
            cast(to_json({{ seed }}) as varchar) as rule_row

        from rounds_redone
        inner join {{ seed }}
            on
                rounds_redone.rule_set = coalesce({{ seed }}.tournament, rounds_redone.rule_set)
                {% if seed in dated %}
                    and {{ applies_to_round(seed, 'rounds_redone') }}
                {% endif %}
                {% if seed == 'stability_rules' %}
                    and rounds_redone.kind = stability_rules.kind
                {% elif seed == 'contract_expectations' %}
                    and contract_expectations.contract = 'submission'
                {% endif %}

        union all

    {% endfor %}

    select
        rounds_redone.round_number,
        'payout_terms' as rule_table,
        terms.rule_row

    from rounds_redone
    inner join payout_rules
        on
            rounds_redone.rule_set = payout_rules.tournament
            and {{ applies_to_round('payout_rules', 'rounds_redone') }}
    inner join terms on payout_rules.payout_rule = terms.payout_rule

)

select distinct
    round_number,
    rule_table,
    rule_row

from applied
