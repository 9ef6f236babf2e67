{#
    A metric of a profile that counts the rows for which something fails; beside it one of them, by its name and
    its file, for whoever has to correct it. The relation has the column `path`.
#}
{% macro count_faults(metric, condition, row='null') -%}
    count(*) filter (where {{ condition }}) as {{ metric }},
    {{ example_of(condition, row) }} as {{ metric }}_example
{%- endmacro %}

{% macro example_of(condition, row='null') -%}
    min(case when {{ condition }} then concat_ws(' in ', {{ row }}, path) end)
{%- endmacro %}

{# A metric that is the largest size of a value, and the row that has it. What is not finite is counted elsewhere. #}
{% macro largest_size(metric, value, row) -%}
    coalesce(max(abs({{ value }})) filter (where isfinite({{ value }})), 0) as {{ metric }},
    arg_max(concat_ws(' in ', {{ row }}, path), abs({{ value }}))
        filter (where isfinite({{ value }})) as {{ metric }}_example
{%- endmacro %}

{# Whether a value is a price: a positive number. #}
{% macro is_price(value) -%}
    coalesce(isfinite({{ value }}) and {{ value }} > 0, false)
{%- endmacro %}
