{#
    Whether a rule row applies to a round: by its number, and by the day on which it opens. An empty bound is none, so
    a round without an opening time still has the rules that name no date.
#}
{% macro applies_to_round(rule, round) -%}
    coalesce({{ rule }}.first_round <= {{ round }}.round_number, {{ rule }}.first_round is null)
    and coalesce({{ round }}.round_number <= {{ rule }}.last_round, {{ rule }}.last_round is null)
    and coalesce(
        {{ rule }}.first_date <= cast({{ round }}.open_at as date), {{ rule }}.first_date is null
    )
    and coalesce(
        cast({{ round }}.open_at as date) <= {{ rule }}.last_date, {{ rule }}.last_date is null
    )
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

{# Whether a payout term names a score: the official one of its metric in the round, or that very version. #}
{% macro names_score(term, score, metric) -%}
    case {{ term }}.score_version
        when 'official' then {{ term }}.score = {{ metric }}
        else
            {{ term }}.score = {{ score }}.score
            and {{ term }}.score_version = {{ score }}.score_version
    end
{%- endmacro %}
