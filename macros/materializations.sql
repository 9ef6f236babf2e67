{#
    How tables, views and incremental models are written: straight into their place, where dbt-duckdb makes them under
    another name, renames twice and drops, which took longer than most of the models themselves. All that a model does is
    one transaction, as there. What Python returns is written beside its place first, because it may read what it
    replaces.
#}

{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {% set target = this.incorporate(type="table") %}
    {{ run_hooks(pre_hooks) }}
    {{ drop_other_type(target) }}
    {% call statement("main", language=model["language"]) %}
        {{- whole_table(target) -}}
    {% endcall %}
    {{ put_in_place(target) }}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{% materialization view, adapter="duckdb" %}
    {% set target = this.incorporate(type="view") %}
    {{ run_hooks(pre_hooks) }}
    {{ drop_other_type(target) }}
    {% call statement("main") %}
        create or replace view {{ target }} as ({{ compiled_code }})
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
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
    {% set is_whole = existing is none or existing.is_view or should_full_refresh() %}
    {{ run_hooks(pre_hooks) }}
    {{ drop_other_type(target) }}
    {% call statement("main", language=model["language"]) %}
        {{- whole_table(target) if is_whole else due_rows(target) -}}
    {% endcall %}
    {{ put_in_place(target) if is_whole else replace_due(target) }}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{# What a model makes: the whole table in its place; from Python, beside it. #}
{% macro whole_table(target) %}
    {%- if model["language"] == "python" -%}
        {{ py_write_table(False, beside(target), compiled_code) }}
    {%- elif config.get("contract").enforced -%}
        drop table if exists {{ target }};
        {{ create_table_as(False, target, compiled_code) }}
    {%- else -%}
        create or replace table {{ target }} as ({{ compiled_code }})
    {%- endif -%}
{% endmacro %}


{% macro put_in_place(target) %}
    {% if model["language"] == "python" %}
        {% call statement("put_in_place") %}
            drop table if exists {{ target }};
            alter table {{ beside(target) }} rename to {{ target.identifier }};
        {% endcall %}
    {% endif %}
    {% if config.get("contract").enforced %}
        {% do persist_docs(target, model) %}
    {% endif %}
    {{ assert_unique_key(target) }}
{% endmacro %}


{% macro due_rows(target) %}
    {%- if model["language"] == "python" -%}
        {{ py_write_table(False, beside(target), compiled_code) }}
    {%- else -%}
        create table {{ beside(target) }} as ({{ compiled_code }})
    {%- endif -%}
{% endmacro %}


{# Rows that are kept are looked at only if the key does not tell them from those that are written, or if asked. #}
{% macro replace_due(target) %}
    {% set redone = redone_rows(model["config"], target) %}
    {% set has_own_keys = is_of_one_entry(model["config"], config.get("unique_key", [])) %}
    {{ assert_same_columns(target) }}
    {{ assert_none_beyond(target, redone) }}
    {{ assert_unique_key(beside(target)) if has_own_keys }}
    {% call statement("replace_due") %}
        {% if redone %}
            delete from {{ target }} where {{ redone }};
        {% endif %}
        insert into {{ target }} by name select * from {{ beside(target) }};
        drop table {{ beside(target) }};
    {% endcall %}
    {{ assert_unique_key(target) if not has_own_keys }}
{% endmacro %}


{% macro beside(target) %}
    {{- return(target.incorporate(path={"identifier": target.identifier ~ "__dbt_tmp"})) -}}
{% endmacro %}


{# A relation of the same name that is a table where a view is wanted, or the other way round, goes first. #}
{% macro drop_other_type(target) %}
    {% set existing = load_cached_relation(this) %}
    {% if existing and existing.type != target.type %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
{% endmacro %}
