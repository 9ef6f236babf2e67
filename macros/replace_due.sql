{#
    Incremental strategy `replace_due`, for SQL and Python models. A model's meta names a worklist, the keys by
    which its rows belong to the worklist's entries, and a condition on the entries, `redoes`. The rows of those
    entries are deleted, whatever the model returned for them, and what it returned is inserted, in dbt's one
    transaction.
#}
{% macro get_incremental_replace_due_sql(arg_dict) %}
    {% set target, source = arg_dict["target_relation"], arg_dict["temp_relation"] %}
    {% set worklist = config.meta_get("worklist", "int_rounds_due") %}
    {% set due = adapter.get_relation(this.database, this.schema, worklist) %}
    {% set keys = config.meta_get("keys", ["round_number"]) | join(", ") %}
    {% set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) %}
    delete from {{ target }}
    where ({{ keys }}) in (
        select ({{ keys }}) from {{ due }} where {{ config.meta_get("redoes") }}
    );
    insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ source }};
{% endmacro %}
