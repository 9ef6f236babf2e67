{#
Grain: round_number, subject (a target, score day and delivery). What the contract of targets/ is judged on, for each
delivery to be scored, and each that nothing can be scored on.
#}
with

deliveries as (

    select * from {{ ref('int_target_deliveries_judged') }}

),

measured as (

    select * from {{ ref('int_targets_measured') }}

)

select measured.* exclude (measured.fingerprint)
from measured
semi join deliveries
    on
        measured.round_number = deliveries.round_number
        and measured.subject = deliveries.subject
