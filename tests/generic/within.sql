{#
    Values that this build wrote lie between two bounds, both allowed; a bound may be null. Nulls pass, NaN does not.
    The ranges (column → bounds) of a model are one node, because each node costs a build as much as a model does.
#}
{% test within(model, ranges) %}

{% for column, bounds in ranges.items() %}
    select
        '{{ column }}' as column_name,
        {{ column }} as value
    from {{ model }}
    where
        {{ written_now(model) }}
        and (
            isnan(cast({{ column }} as double))
            {% if bounds[0] is not none %} or {{ column }} < {{ bounds[0] }} {% endif %}
            {% if bounds[1] is not none %} or {{ column }} > {{ bounds[1] }} {% endif %}
        )
    {{ 'union all' if not loop.last }}
{% endfor %}

{% endtest %}
