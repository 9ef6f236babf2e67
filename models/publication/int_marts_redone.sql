{#
Grain: mart. The condition on a published model's rows by which this build redid them, as its configuration says; null
where it wrote the whole table.
#}
{% for mart in published_models() %}
    {% set condition = redone_rows(mart.config, this) %}
    select
        '{{ mart.name }}' as mart,
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
