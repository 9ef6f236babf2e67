{# Grain: entrant_kind, entrant_id. The ledger of registrations: as they were when standings were last done. #}
-- depends_on: {{ ref('int_as_of_dates_built') }}
with

entrants as (

    select * from {{ ref('int_entrants') }}

)

select * from entrants
