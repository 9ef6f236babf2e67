{#
    Relationships, all of a key in one node, because each node costs a build as much as a model does: in the rows that
    this build wrote, every value of the children's columns (column → models) is one of the key; nulls and empty text pass. A warning,
    because rows of a round or model that an operator has withdrawn may stay.
#}
{% test is_parent_of(model, column_name, children) %}
{{ config(severity='warn') }}

{% set orphans %}
    {% for column, names in children.items() %}
        {% set outer_loop = loop %}
        {% for name in names %}
            select
                '{{ name }}' as child,
                '{{ column }}' as child_column,
                {{ column }} as missing_key
            from {{ ref(name) }}
            where
                {{ written_now(ref(name)) }}
                and concat({{ column }}) != ''
                and {{ column }} not in (select {{ column_name }} from {{ model }})
            {{ 'union all' if not (loop.last and outer_loop.last) }}
        {% endfor %}
    {% endfor %}
{% endset %}
{% do say_failures(
    "select concat('to be noticed: ', count(*), ' published rows have a " ~ column_name ~ " that "
    ~ model.identifier ~ " lacks, as ', min(missing_key), ', in ', "
    ~ "string_agg(distinct child, ', ' order by child)) as line from (" ~ orphans
    ~ ") having count(*) > 0"
) %}
{{ orphans }}

{% endtest %}
