{#
    Values that this build wrote lie between two bounds, both allowed; a bound may be left out. Nulls pass.
#}
{% test within(model, column_name, at_least=none, at_most=none) %}

select {{ column_name }}
from {{ model }}
where
    {{ written_now(model) }}
    and (
        isnan(cast({{ column_name }} as double))
        {% if at_least is not none %} or {{ column_name }} < {{ at_least }} {% endif %}
        {% if at_most is not none %} or {{ column_name }} > {{ at_most }} {% endif %}
    )

{% endtest %}
