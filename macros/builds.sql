{#
    A table as the last build left it, read without ref, so without a cycle. Where there is none: a table of these
    columns (name='type', …) without rows, or none if no columns are named. A full refresh starts from nothing: it has
    none, but where a new landing is held against what was built.
#}
{% macro left_by_last_build(table, under_full_refresh=false) %}
    {% set left = (
        none if flags.FULL_REFRESH and not under_full_refresh
        else adapter.get_relation(this.database, this.schema, table)
    ) %}
    {% set columns = [] %}
    {% for name, type in kwargs.items() %}
        {% do columns.append("cast(null as " ~ type ~ ") as " ~ name) %}
    {% endfor %}
    {{ return(left or (columns and "(select " ~ columns | join(", ") ~ " where false)") or none) }}
{% endmacro %}

{# When this build began, UTC: wall time, only ever beside a value, never in one. #}
{% macro build_started_at() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}
