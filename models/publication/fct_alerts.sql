{#
Grain: round_number, model_id, alert. What somebody should be told of now: of refused rounds (no model: empty), and of models
in the rounds that closed lately. It is a table, because a rule row says how few rounds these are.
#}
with

submissions_told as (

    select * from {{ ref('int_submissions_told') }}

),

models_decayed as (

    select * from {{ ref('int_models_decayed') }}

),

refusals as (

    select * from {{ ref('int_refusals') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

decayed as (

    select
        models_decayed.*,
        'decayed' as alert,
        stakes.stake_nmr

    from models_decayed
    left join stakes
        on
            models_decayed.round_number = stakes.round_number
            and models_decayed.model_id = stakes.model_id

),

refused as (

    select
        *,
        '' as model_id,
        'refused' as alert,
        cast(null as double) as stake_nmr

    from refusals

),

alerts as (

    select * from submissions_told
    union all by name
    select * from decayed
    union all by name
    select * from refused

)

select
    alerts.round_number,
    alerts.model_id,
    alerts.alert,
    models.account_id,
    models.display_name,
    alerts.reason,
    if(alerts.model_id = '', null, coalesce(alerts.stake_nmr, 0)) as stake_nmr,
    alerts.happened_at

from alerts
left join models on alerts.model_id = models.model_id
