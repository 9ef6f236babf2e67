{#
    Relationships, all of a key in one node, because each node costs a build as much as a model does: in the rows that
    this build wrote, every value of the children's columns (column → models) is one of the key; nulls pass. It runs when
    the last child is written, and before the copy is published.
#}
{% test is_parent_of(model, column_name, children) %}

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
                and {{ column }} not in (select {{ column_name }} from {{ model }})
            {{ 'union all' if not (loop.last and outer_loop.last) }}
        {% endfor %}
    {% endfor %}
{% endset %}
{% do say_failures(
    "select concat(child, ': ', count(*), ' rows of a ', child_column, ' that " ~ model.identifier
    ~ " lacks, as ', min(missing_key)) as line from (" ~ orphans ~ ") group by child, child_column"
) %}
{{ orphans }}

{% endtest %}
