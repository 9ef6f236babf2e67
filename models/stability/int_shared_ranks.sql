{{ config(materialized='view') }}
{#
Grain: is_neutral, round_number, lag_round, model_key, stock_key (not selected). The two doubled ranks of each stock that
two comparable rounds share, taken among the shared ones. Doubles: their products add up exactly. The two forms of
signals go separate ways, for a key more would cost half as much again, and large tables that are read twice are
not copied.
#}
with

pair_overlaps as (

    select * from {{ ref('int_stability_overlaps') }}

),

ranks as not materialized (

    select * from {{ ref('int_stability_ranks') }}

),

reductions as not materialized (

    select * from {{ ref('int_rank_reductions') }}

),

pairs as (

    select
        round_number,
        lag_round

    from pair_overlaps
    where is_comparable and stock_set = 'signal'

),

{% for is_neutral in ['false', 'true'] %}
    {% set form = 'neutral' if is_neutral == 'true' else 'plain' %}
    {{ form }}_ranks as not materialized (

        select
            round_number,
            model_key,
            stock_key,
            doubled_rank

        from ranks
        where is_neutral = {{ is_neutral }}

    ),

    {{ form }}_reductions as not materialized (

        select *
        from reductions
        where is_neutral = {{ is_neutral }}

    ),

    later_{{ form }}_ranks as (

        select *
        from {{ form }}_ranks
        where round_number in (select pairs.round_number from pairs)

    ),

    earlier_{{ form }}_ranks as (

        select
            pairs.round_number,
            pairs.lag_round,
            {{ form }}_ranks.model_key,
            {{ form }}_ranks.stock_key,
            {{ form }}_ranks.doubled_rank

        from {{ form }}_ranks
        inner join pairs on {{ form }}_ranks.round_number = pairs.lag_round

    ),

    shared_{{ form }}_ranks as (

        select
            {{ is_neutral }} as is_neutral,
            earlier.round_number,
            earlier.lag_round,
            earlier.model_key,
            cast(later.doubled_rank - coalesce(later_reductions.reduction, 0) as double)
                as later_rank,
            cast(earlier.doubled_rank - coalesce(earlier_reductions.reduction, 0) as double)
                as earlier_rank

        from earlier_{{ form }}_ranks as earlier
        inner join later_{{ form }}_ranks as later
            on
                earlier.round_number = later.round_number
                and earlier.model_key = later.model_key
                and earlier.stock_key = later.stock_key
        {% for side, ranked_round in [('later', 'round_number'), ('earlier', 'lag_round')] %}
            left join {{ form }}_reductions as {{ side }}_reductions
                on
                    earlier.round_number = {{ side }}_reductions.round_number
                    and earlier.lag_round = {{ side }}_reductions.lag_round
                    and earlier.{{ ranked_round }} = {{ side }}_reductions.ranked_round
                    and earlier.model_key = {{ side }}_reductions.model_key
                    and {{ side }}.doubled_rank >> 6 = {{ side }}_reductions.rank_block
                    and {{ side }}.doubled_rank >= {{ side }}_reductions.first_rank
                    and {{ side }}.doubled_rank <= {{ side }}_reductions.last_rank
        {% endfor %}

    ){{ ',' if not loop.last }}

{% endfor %}

select * from shared_plain_ranks
union all
select * from shared_neutral_ranks
