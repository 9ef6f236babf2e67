{#
Grain: mart. The condition on a published model's rows by which this build redid them, as its configuration says; null
where it wrote the whole table. Published are the models named fct_, dim_ or leaderboard_.
#}
{% set published = [] %}
{% if execute %}
    {% for node in graph.nodes.values() %}
        {% if
            node.resource_type == 'model'
            and node.name.split('_')[0] in ('fct', 'dim', 'leaderboard')
        %}
            {% do published.append(node) %}
        {% endif %}
    {% endfor %}
{% endif %}
{% for node in published %}
{% set condition = redone_rows(node.config, this) %}
select
    '{{ node.name }}' as mart,
    cast(
        {{ dbt.string_literal(dbt.escape_single_quotes(condition)) if condition else 'null' }}
        as varchar
    ) as condition
{{ 'union all' if not loop.last }}
{% else %}
select
    cast(null as varchar) as mart,
    cast(null as varchar) as condition
where false
{% endfor %}
