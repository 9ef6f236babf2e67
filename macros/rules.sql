{# Whether a rule row with first_round and last_round (null: no bound) applies to a round. #}
{% macro applies_to_round(rule, round_number) -%}
    {{ round_number }} between coalesce({{ rule }}.first_round, -2147483648)
    and coalesce({{ rule }}.last_round, 2147483647)
{%- endmacro %}

{# How contracts name one delivery of a target's day. #}
{% macro delivery_name(relation) -%}
    concat_ws(
        ' ',
        {{ relation }}.target,
        'day',
        {{ relation }}.score_day,
        'known at',
        {{ relation }}.known_at
    )
{%- endmacro %}
