{#
Grain: as_of_date. The days whose standings are kept: those on which a final score became known or was taken back, and
any others that the variable `as_of_dates` asks for.
#}
with

final_scores as (

    select * from {{ ref('int_final_scores') }}

)

select distinct cast(known_at as date) as as_of_date
from final_scores

{% for day in var('as_of_dates', []) %}
    union

    select date '{{ day }}' as as_of_date
{% endfor %}
