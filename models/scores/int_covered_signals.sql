{#
Grain: round_number, coverage_id, signal_form, model_key, stock_key. Where a target covers a part of the
universe, ranks are taken again on that part, once for each set of stocks.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

covered_stocks as (

    select * from {{ ref('int_covered_stocks') }}

),

plain as (

    select * from {{ ref('int_signals_ranked') }}

),

neutralized as (

    select * from {{ ref('int_signals_neutralized') }}

),

wanted_forms as (

    select distinct
        round_number,
        coverage_id,
        signal_form

    from scores_due
    where coverage_id != 0

),

wanted as (

    select
        wanted_forms.*,
        covered_stocks.stock_key

    from wanted_forms
    inner join covered_stocks
        on
            wanted_forms.round_number = covered_stocks.round_number
            and wanted_forms.coverage_id = covered_stocks.coverage_id

),

covered as (

    select
        wanted.*,
        plain.model_key,
        plain.doubled_rank

    from wanted
    inner join plain
        on
            wanted.round_number = plain.round_number
            and wanted.stock_key = plain.stock_key
    where wanted.signal_form = 'plain'

    union all

    select
        wanted.*,
        neutralized.model_key,
        neutralized.doubled_rank

    from wanted
    inner join neutralized
        on
            wanted.round_number = neutralized.round_number
            and wanted.signal_form = neutralized.factor_set
            and wanted.stock_key = neutralized.stock_key

)

select
    round_number,
    coverage_id,
    signal_form,
    model_key,
    stock_key,
    {{ doubled_rank('signals_in_order') }} as doubled_rank

from covered
window
    signals_in_order as (
        partition by round_number, coverage_id, signal_form, model_key
        order by doubled_rank
    )
