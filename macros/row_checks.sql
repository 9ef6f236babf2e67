{#
    What is checked of rows as they are written, inside the model's transaction: if one check fails, the table stays as
    it was.
#}

{# A row of an entry that is not redone would stand beside those that are kept, and no test looks at these. #}
{% macro assert_none_beyond(target, redone) %}
    {% if redone %}
        {% set beyond = run_query(
            "select count(*) from " ~ beside(target) ~ " where (" ~ redone ~ ") is not true"
        ).columns[0].values()[0] %}
        {% if beyond %}
            {% do exceptions.raise_compiler_error(
                this.identifier ~ ": " ~ beyond ~ " rows of entries that its worklist does not redo"
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# The columns of the model's `unique_key` are never null, and together they name one of the rows. #}
{% macro assert_unique_key(rows) %}
    {% set key = config.get("unique_key") %}
    {% if key %}
        {% set faulty = run_query(
            "select " ~ key | join(", ") ~ ", count(*) from " ~ rows
            ~ " group by all having count(*) > 1 or " ~ key | join(" is null or ") ~ " is null limit 1"
        ).rows %}
        {% if faulty %}
            {% do exceptions.raise_compiler_error(
                this.identifier ~ ": " ~ key | join(", ") ~ " must name one row and never be null; "
                ~ faulty[0].values() | join(", ") ~ " is such a key and its number of rows"
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{% macro assert_same_columns(target) %}
    {% set changed = run_query(
        "select column_name from (describe " ~ beside(target) ~ ") as made "
        "full join (describe " ~ target ~ ") as kept using (column_name) "
        "where made.column_type is distinct from kept.column_type"
    ).columns[0].values() %}
    {% if changed %}
        {% do exceptions.raise_compiler_error(
            this.identifier ~ ": columns have changed: " ~ changed | join(", ")
            ~ "; build once with --full-refresh"
        ) %}
    {% endif %}
{% endmacro %}
