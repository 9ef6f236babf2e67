{#
    The columns are never null and name one row together, of those that this build wrote: the keys of its worklist
    are among them, so a kept row has another name.
#}
{% test primary_key(model, columns) %}

with

rows_tested as (

    select {{ columns | join(', ') }}
    from {{ model }}
    where {{ written_now(model, columns) }}

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
