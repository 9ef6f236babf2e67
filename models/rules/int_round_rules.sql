{{ config(materialized='view') }}
{# Grain: round_number, part. The rule rows that apply to each round, and its benchmarks and examples, by content. #}
with

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

round_meta_models as (

    select * from {{ ref('int_round_meta_models') }}

),

round_factor_sets as (

    select * from {{ ref('int_round_factor_sets') }}

),

round_references as (

    select * from {{ ref('int_round_references') }}

),

portfolio_limits as (

    select * from {{ ref('int_round_portfolio_limits') }}

),

dropouts as (

    select * from {{ ref('int_round_dropouts') }}

),

trade_rules as (

    select * from {{ ref('int_round_trade_rules') }}

),

expectations as (

    select * from {{ ref('int_round_expectations') }}

)

select
    round_number,
    'score rules' as part,
    sum(cast(hash(round_scores) as hugeint)) as content_hash,
    count(*) as row_count

from round_scores
group by all

union all

select
    round_number,
    'meta model rules' as part,
    sum(cast(hash(round_meta_models) as hugeint)) as content_hash,
    count(*) as row_count

from round_meta_models
group by all

union all

select
    round_number,
    'factor sets' as part,
    sum(cast(hash(round_factor_sets) as hugeint)) as content_hash,
    count(*) as row_count

from round_factor_sets
group by all

union all

select
    round_number,
    'references' as part,
    sum(cast(hash(round_references) as hugeint)) as content_hash,
    count(*) as row_count

from round_references
group by all

union all

select
    round_number,
    'portfolio limits' as part,
    sum(cast(hash(portfolio_limits) as hugeint)) as content_hash,
    count(*) as row_count

from portfolio_limits
group by all

union all

select
    round_number,
    'dropout' as part,
    sum(cast(hash(dropouts) as hugeint)) as content_hash,
    count(*) as row_count

from dropouts
group by all

union all

select
    round_number,
    'altered trade rules' as part,
    sum(cast(hash(trade_rules) as hugeint)) as content_hash,
    count(*) as row_count

from trade_rules
group by all

union all

select
    round_number,
    'contracts' as part,
    sum(cast(hash(expectations) as hugeint)) as content_hash,
    count(*) as row_count

from expectations
group by all
