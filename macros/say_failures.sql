{#
    dbt prints how many rows fail a test, not which. This prints each of them as one line: call it first in a
    singular test, with a query whose only column is the line.
#}
{% macro say_failures(query) %}
    {% if execute %}
        {% for row in run_query(query).rows %}
            {% do print(row[0]) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
