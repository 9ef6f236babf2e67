{#
Grain: payout_rule, first_round, last_round. The replays that the variable `simulate` asks for: one under each payout
rule, and one with frozen stakes, which no rule pays.
#}
{% set asked = var('simulate', none) %}
{% if asked %}
    {% for rule in ['frozen'] + asked['pay'] %}
        select
            '{{ rule }}' as payout_rule,
            {{ asked['from'] }} as first_round,
            {{ asked['to'] }} as last_round
        {% if not loop.last %}union{% endif %}
    {% endfor %}
{% else %}
    select
        cast(null as varchar) as payout_rule,
        cast(null as integer) as first_round,
        cast(null as integer) as last_round
    where false
{% endif %}
