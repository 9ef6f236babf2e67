{{ config(materialized='view') }}
{#
Grain: entrant_kind, entrant_id, score, as_of_date; days on which a rank was better than ever before. The best rank so far, and the
first days on which an entrant was the first and in the top ten.
#}
with

rank_records as (

    select * from {{ ref('int_rank_records') }}

)

select
    entrant_kind,
    entrant_id,
    score,
    as_of_date,
    rank as best_rank,
    min(as_of_date) filter (where rank = 1) over so_far as first_place_date,
    min(as_of_date) filter (where rank <= 10) over so_far as top_ten_date

from rank_records
window so_far as (partition by entrant_kind, entrant_id, score order by as_of_date)
