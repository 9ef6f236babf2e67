{# Grain: build_id; one row. The ledger of diagnostics, written when all of them are done. #}
-- depends_on: {{ ref('fct_diagnostics') }}
with

rules as (

    select * from {{ ref('int_diagnostic_rules') }}

)

select
    '{{ invocation_id }}' as build_id,
    rules_hash

from rules
