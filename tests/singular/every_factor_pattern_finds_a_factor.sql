{{ config(severity='warn') }}
{#
A pattern of factor_sets that finds none of a round's landed factors is a slip of the pen, or a factor that this
tournament has not: a warning names it.
#}
{% set unmatched %}
    with

    due as (

        select distinct
            round_number

        from {{ ref('int_factor_columns') }}
        where factor_set != 'neutralizers'

    ),

    found as (

        select distinct
            round_number,
            factor_set,
            factor

        from {{ ref('int_factor_columns') }}

    )

    select
        concat(
            'seeds/rules/factor_sets.csv: the pattern ', patterns.factor_pattern, ' of ',
            patterns.factor_set, ' finds no factor of ', count(distinct due.round_number),
            ' rounds, as ', min(due.round_number), ': correct it, or land the factor'
        ) as line

    from due
    inner join {{ ref('int_round_factor_sets') }} as patterns
        on due.round_number = patterns.round_number
    left join found
        on
            due.round_number = found.round_number
            and patterns.factor_set = found.factor_set
            and found.factor glob patterns.factor_pattern
    where found.factor is null
    group by
        patterns.factor_set,
        patterns.factor_pattern
{% endset %}
{% do say_failures(unmatched) %}
{{ unmatched }}
