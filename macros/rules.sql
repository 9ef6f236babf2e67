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

{# Whether a rule row with first_date and last_date (null: no bound) applies to a day. #}
{% macro applies_to_date(rule, day) -%}
    {{ day }} between coalesce({{ rule }}.first_date, date '0001-01-01')
    and coalesce({{ rule }}.last_date, date '9999-12-31')
{%- endmacro %}
