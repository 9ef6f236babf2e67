{{ config(materialized='view') }}
{#
Grain: round_number, model_key, stock_key. The signals of accepted submissions to the rounds prepared now, ranked among
the stocks that they name. doubled_rank is twice the average rank.
#}
with

submissions as (

    select * from {{ ref('int_submissions') }}

),

signals as (

    select * from {{ ref('int_signals_matched') }}

)

select
    signals.round_number,
    signals.model_key,
    signals.stock_key,
    {{ doubled_rank('signals_in_order') }} as doubled_rank

from signals
inner join submissions
    on
        signals.round_number = submissions.round_number
        and signals.model_key = submissions.model_key
        and signals.submitted_at = submissions.submitted_at
where signals.stock_key is not null and submissions.status = 'accepted'
window
    signals_in_order as (
        partition by signals.round_number, signals.model_key order by signals.signal
    )
