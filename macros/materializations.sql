{#
    How tables, views and incremental models are written: straight into their place, where dbt-duckdb makes them under
    another name, renames twice and drops, which took longer than most of the models themselves. All that a model does is
    one transaction, as there, and one script, its begin and its commit included: each statement of its own would cost
    dbt more than DuckDB. If a script fails, dbt closes its connection, which rolls it back. What Python returns is
    written beside its place first, because it may read what it replaces.
#}

{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {% set target = this.incorporate(type="table") %}
    {{ run_hooks(pre_hooks) }}
    {% set script = in_one_transaction(whole_table(target)) %}
    {% call statement("main", language=model["language"], auto_begin=False) %}
        {{- rows_beside_or(script, target) -}}
    {% endcall %}
    {{ put_in_place(script) }}
    {{ run_hooks(post_hooks) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{% materialization view, adapter="duckdb" %}
    {% set target = this.incorporate(type="view") %}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main", auto_begin=False) %}
        {{- in_one_transaction(view_itself(target)) -}}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{#
    An incremental model's meta names a worklist, the keys by which its rows belong to the worklist's entries, and a
    condition on the entries, `redoes`. The rows of those entries are deleted, whatever the model returned for them,
    and what it returned is inserted. Without `redoes` rows are only added. If the model's columns have changed, it is an
    error: build with --full-refresh.
#}
{% materialization incremental, adapter="duckdb", supported_languages=["sql", "python"] %}
    {% set target = this.incorporate(type="table") %}
    {% set existing = load_cached_relation(this) %}
    {{ run_hooks(pre_hooks) }}
    {% set is_whole = existing is none or should_full_refresh() %}
    {% set script = in_one_transaction(whole_table(target) if is_whole else due_rows(target)) %}
    {% call statement("main", language=model["language"], auto_begin=False) %}
        {{- rows_beside_or(script, target) -}}
    {% endcall %}
    {{ put_in_place(script) }}
    {{ run_hooks(post_hooks) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{% macro in_one_transaction(script) %}
        begin;
        {{- script }}
        commit;
{%- endmacro %}


{# What dbt runs as the model itself: Python, which leaves its rows beside the table, or else the script. #}
{% macro rows_beside_or(script, target) %}
    {{- py_write_table(False, beside(target), compiled_code) if model["language"] == "python" else script -}}
{% endmacro %}


{# The script that puts in place what Python left beside it. #}
{% macro put_in_place(script) %}
    {% if model["language"] == "python" %}
        {% call statement("put_in_place", auto_begin=False) %}
            {{- script -}}
        {% endcall %}
    {% endif %}
{% endmacro %}


{# The script that makes the whole table in its place. #}
{% macro whole_table(target) %}
    {%- if model["language"] == "python" -%}
        drop table if exists {{ target }};
        alter table {{ beside(target) }} rename to {{ target.identifier }};
    {%- elif config.get("contract").enforced -%}
        drop table if exists {{ target }};
        {{ create_table_as(False, target, compiled_code) }};
    {%- else -%}
        create or replace table {{ target }} as ({{ compiled_code }});
    {%- endif -%}
    {{ assert_unique_key(target) }}
    {{- describe_published(target) -}}
{% endmacro %}


{# The script of a view. #}
{% macro view_itself(target) %}
        create or replace view {{ target }} as ({{ compiled_code }});
{%- endmacro %}


{#
    The script that puts rows in the place of those that are due. Rows that are kept are looked at only if the key does
    not tell them from those that are written, or if asked.
#}
{% macro due_rows(target) %}
    {%- set made = beside(target) -%}
    {%- set redone = redone_rows(model["config"], target) -%}
    {%- set has_own_keys = is_of_one_entry(model["config"], config.get("unique_key", [])) -%}
    {%- if model["language"] == "sql" -%}
        create table {{ made }} as ({{ compiled_code }});
    {%- endif -%}
    {{ assert_same_columns(made, target) }}
    {{- assert_none_beyond(made, redone) }}
    {{- assert_unique_key(made) if has_own_keys }}
    {%- if redone %}
        delete from {{ target }} where {{ redone }};
    {%- endif %}
        insert into {{ target }} by name select * from {{ made }};
    {{- assert_unique_key(target) if not has_own_keys }}
        drop table {{ made }};
{% endmacro %}


{# The descriptions of a published table and its columns, in the database itself: its contract names the columns. #}
{% macro describe_published(target) %}
    {%- if config.get("contract").enforced %}
        {{ alter_relation_comment(target, model.description) }}
        {%- for name, column in model.columns.items() %}
        comment on column {{ target }}.{{ name }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor %}
    {%- endif -%}
{% endmacro %}


{% macro beside(target) %}
    {{- return(target.incorporate(path={"identifier": target.identifier ~ "__dbt_tmp"})) -}}
{% endmacro %}
