{{ config(materialized='incremental', meta={'redoes': 'is_prepared'}) }}
{#
Grain: round_number, model_key. The upload that counts, and what became of it: the last valid one at or
before the close is accepted; failing that, the last one in time is quarantined; failing that, it is late.
#}
with

judged as (

    select * from {{ ref('int_uploads_judged') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

),

universe_sizes as (

    select
        round_number,
        count(*) as stock_count

    from universe
    group by all

),

with_status as (

    select
        *,
        case
            when is_late then 'late'
            when reasons is not null then 'quarantined'
            else 'accepted'
        end as status

    from judged

),

chosen as (

    select *
    from with_status
    window
        best_first as (
            partition by round_number, model_key
            order by array_position(['accepted', 'quarantined', 'late'], status), submitted_at desc
        )
    qualify row_number() over best_first = 1

)

select
    chosen.round_number,
    chosen.model_key,
    model_keys.model_id,
    chosen.status,
    chosen.reasons,
    chosen.submitted_at,
    chosen.known_stocks as stocks_matched,
    chosen.unknown_ids as stocks_unknown,
    universe_sizes.stock_count - chosen.known_stocks as stocks_filled,
    universe_sizes.stock_count

from chosen
inner join model_keys on chosen.model_key = model_keys.model_key
inner join universe_sizes on chosen.round_number = universe_sizes.round_number
