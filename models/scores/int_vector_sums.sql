{# Grain: vector_id. What correlations need of each score vector alone. #}
with

vector_values as (

    select * from {{ ref('int_vector_values') }}

)

select
    vector_id,
    any_value(value_scale) as value_scale,
    count(*) as n,
    {{ exact_sum('value') }} as total,
    {{ exact_sum('value * value') }} as total_of_squares

from vector_values
group by all
