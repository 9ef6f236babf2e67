{{ config(materialized='incremental', meta={'redoes': 'not is_left_out'}) }}
{#
Grain: round_number. The ledger, written when everything of a round is done. A round that is no longer landed
keeps a row without fingerprint.
#}
-- depends_on: {{ ref('fct_submissions') }}
-- depends_on: {{ ref('fct_stability') }}
-- depends_on: {{ ref('fct_meta_model_stability') }}
-- depends_on: {{ ref('fct_stakes') }}
-- depends_on: {{ ref('int_stake_multipliers') }}
-- depends_on: {{ ref('int_paying_rounds') }}
-- depends_on: {{ ref('fct_meta_models') }}
-- depends_on: {{ ref('fct_portfolios') }}
-- depends_on: {{ ref('fct_portfolio_exposures') }}
-- depends_on: {{ ref('fct_portfolio_solutions') }}
-- depends_on: {{ ref('fct_scores') }}
-- depends_on: {{ ref('fct_contract_results') }}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

)

select
    round_number,
    fingerprint,
    lag_rounds,
    fingerprint is not null and not is_pruned as is_held,
    build_id

from rounds_due
where not is_left_out
