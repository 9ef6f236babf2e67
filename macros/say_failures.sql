{#
    dbt prints how many rows fail a test, not which. This prints each of them as one line: call it first in a
    singular test, with a query whose only column is the line. Lines quote what people landed, so characters that
    would steer a terminal are replaced by a mark.
#}
{% macro say_failures(query) %}
    {% set steering = '[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]' %}
    {% if execute %}
        {% for row in run_query(query).rows %}
            {% do print(modules.re.sub(steering, '\ufffd', row[0])) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
