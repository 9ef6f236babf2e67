{#
    What is checked of rows as they are written, inside the model's transaction: statements that fail, with what is
    wrong, so that the table stays as it was.
#}

{# A row of an entry that is not redone would stand beside those that are kept, and no test looks at these. #}
{% macro assert_none_beyond(rows, redone) %}
    {%- if redone %}
        select error(concat('{{ this.identifier }}: ', count(*), ' rows of entries that its worklist does not redo'))
        from {{ rows }} where ({{ redone }}) is not true having count(*) > 0;
    {%- endif -%}
{% endmacro %}


{# The columns of the model's `unique_key` are never null, and together they name one of the rows. #}
{% macro assert_unique_key(rows) %}
    {%- set key = config.get("unique_key") -%}
    {%- if key %}
        select error(concat(
            '{{ this.identifier }}: {{ key | join(", ") }} must name one row and never be null; ',
            coalesce(cast({{ key | join(" as varchar), 'null'), ', ', coalesce(cast(") }} as varchar), 'null'), ', ',
            row_count, ' is such a key and its number of rows'
        ))
        from (
            select {{ key | join(", ") }}, count(*) as row_count from {{ rows }} group by all
            having count(*) > 1 or {{ key | join(" is null or ") }} is null limit 1
        );
    {%- endif -%}
{% endmacro %}


{% macro assert_same_columns(rows, target) %}
        select error(concat(
            '{{ this.identifier }}: columns have changed: ', string_agg(column_name, ', ' order by column_name),
            '; build once with --full-refresh'
        ))
        from (describe {{ rows }}) as made full join (describe {{ target }}) as kept using (column_name)
        where made.column_type is distinct from kept.column_type having count(*) > 0;
{%- endmacro %}
