{{ config(materialized='view') }}
{# Grain: entrant_kind, entrant_id. Who stands on leaderboards: models, benchmarks and examples beside those that are ranked;
and the accounts that own any of the latter. #}
with

models as (

    select * from {{ ref('dim_models') }}

)

select
    'model' as entrant_kind,
    model_id as entrant_id,
    account_id,
    display_name,
    created_at,
    is_ranked

from models

union all

select
    'account' as entrant_kind,
    account_id as entrant_id,
    account_id,
    cast(null as varchar) as display_name,
    min(created_at) as created_at,
    true as is_ranked

from models
where account_id is not null and is_ranked
group by account_id
