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

{# The largest of the keys that were given so far, none yet: 0. A model that asks for it is built after them. #}
{% macro largest_key(keys, column) %}
    {% if execute and load_relation(keys) %}
        {% set rows = run_query("select coalesce(max(" ~ column ~ "), 0) from " ~ keys).rows %}
        {{ return(rows[0][0]) }}
    {% endif %}
    {{ return(0) }}
{% endmacro %}

{# When this build began, UTC: wall time, only ever beside a value, never in one. #}
{% macro build_started_at() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{#
    Counts in the row of the last publication the builds that began since: only if it is this one alone, the published
    copy is level with the marts but for what this build redid.
#}
{% macro note_that_a_build_begins() %}
    {% if execute and flags.WHICH in ("build", "run", "seed") %}
        {% set publication = adapter.get_relation(
            target.database, target.schema, "published_copy"
        ) %}
        {% if publication and "builds_begun" in (
            adapter.get_columns_in_relation(publication) | map(attribute="name")
        ) %}
            {% call statement("count_this_build") %}
                update {{ publication }} set builds_begun = builds_begun + 1
            {% endcall %}
            {% do adapter.commit() %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#
    Before the first model: what stands as a view and shall be a table, or the other way round, goes. One look for all
    models, because dbt would compare each with every relation there is.
#}
{% macro drop_what_changed_type() %}
    {% if execute and flags.WHICH in ("build", "run") %}
        {% set wanted = {} %}
        {% for node in graph.nodes.values() if node.unique_id in selected_resources %}
            {% do wanted.update({node.alias: "VIEW" if node.config.materialized == "view" else "BASE TABLE"}) %}
        {% endfor %}
        {% set standing = run_query(
            "select table_name, table_type from information_schema.tables where table_catalog = '"
            ~ target.database ~ "' and table_schema = '" ~ target.schema ~ "'"
        ) %}
        {% for name, type in standing.rows if type != wanted.get(name, type) %}
            {% do adapter.drop_relation(adapter.get_relation(target.database, target.schema, name)) %}
        {% endfor %}
        {% do adapter.commit() %}
    {% endif %}
{% endmacro %}
