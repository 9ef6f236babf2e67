{# Grain: as_of_date. The days on which a final score became known: the standings of each are kept. #}
with

final_scores as (

    select * from {{ ref('int_final_scores') }}

)

select distinct cast(known_at as date) as as_of_date
from final_scores
