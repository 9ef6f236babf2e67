{#
Grain: round_number. The ledger of results: what those of each round were made from, written when standings and the fund's
figures are done.
#}
-- depends_on: {{ ref('int_as_of_dates_built') }}
-- depends_on: {{ ref('fct_fund_performance') }}
-- depends_on: {{ ref('fct_contribution_indicators') }}
-- depends_on: {{ ref('fct_signal_decay') }}
-- depends_on: {{ ref('fct_meta_model_ages') }}
-- depends_on: {{ ref('fct_fund_costs') }}
-- depends_on: {{ ref('fct_fund_capacity') }}
with

results_due as (

    select * from {{ ref('int_results_due') }}

)

select
    round_number,
    era_date,
    close_at,
    fingerprint,
    build_id

from results_due
where fingerprint is not null
