{#
    The columns are never null and name one row together. With `of_due_rounds`, only the rounds that this
    build prepared are looked at: a table of many rounds is not read again for each new one.
#}
{% test primary_key(model, columns, of_due_rounds=false) %}

with

rows_tested as (

    select {{ columns | join(', ') }}
    from {{ model }}
    {% if of_due_rounds %}
        where round_number in (
            select round_number from {{ ref('int_rounds_due') }} where is_prepared
        )
    {% endif %}

)

select
    {{ columns | join(', ') }},
    count(*) as row_count

from rows_tested
group by all
having
    count(*) > 1
    {% for column in columns %}
        or {{ column }} is null
    {% endfor %}

{% endtest %}
