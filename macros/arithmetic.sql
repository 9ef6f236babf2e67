{#
    Sum of doubles that does not depend on the order of rows, so that one landing gives the same digits
    whatever the number of threads: each term is rounded to 1e-15, and the sum is exact. A term must stay
    below 1,000 in size; a larger one is an error, never a wrong sum. Amounts take the wider type: rounded to
    1e-18, below 1e20. The contracts of what is landed keep terms below that (`values in range` and its like).
#}
{% macro exact_sum(expression, type='decimal(18, 15)') -%}
    cast(sum(cast({{ expression }} as {{ type }})) as double)
{%- endmacro %}

{% macro exact_sum_of_amounts(expression) -%}
    {{ exact_sum(expression, 'decimal(38, 18)') }}
{%- endmacro %}

{#
    Sum of doubles of any size, the same in any order of rows: they are added by size. For groups of a few terms that no
    contract bounds, such as gradients per NMR where little is staked.
#}
{% macro sum_by_size(expression) -%}
    sum({{ expression }} order by {{ expression }})
{%- endmacro %}

{# sign(x) · |x|^1.5 #}
{% macro pow15(expression) -%}
    sign({{ expression }}) * pow(abs({{ expression }}), 1.5)
{%- endmacro %}

{# Twice the average rank, an exact integer: ties share it. `window` is a named window with an order. #}
{% macro doubled_rank(window) -%}
    cast(rank() over {{ window }} + count(*) over {{ window }} as integer)
{%- endmacro %}

{# Scores closer than this are one score when they are ranked: rounding noise must not order clones. #}
{% macro comparable_score(expression) -%}
    round({{ expression }}, 12)
{%- endmacro %}

{#
    The standard normal quantile of (rank − 0.5) / n, of a doubled rank among n. Odd about the middle to the last digit,
    so that a ranking and its reverse cancel. norm_ppf is a function of ours: not for a view that people read.
#}
{% macro normal_quantile(doubled_rank, stock_count) -%}
    sign({{ doubled_rank }} - {{ stock_count }} - 1) * -norm_ppf(
        (least({{ doubled_rank }}, 2 * {{ stock_count }} + 2 - {{ doubled_rank }}) - 1)
        / (2 * {{ stock_count }})
    )
{%- endmacro %}

{# Days of the calendar that so many return days take: these are weekdays, five of seven days. #}
{% macro calendar_days(return_days) -%}
    cast(ceil({{ return_days }} * 7 / 5) as integer)
{%- endmacro %}

{#
    The first as-of date whose window of so many months, (as-of − months, as-of], no longer holds the day; null
    for a window without end. Months before the last days of a month end on its last day, so three months before
    28 February are 28 November: 30 November is still inside, and leaves on 1 March.
#}
{% macro window_end(day, months) -%}
    cast({{ day }} + to_months({{ months }}) as date)
    + cast({{ day }} + to_months({{ months }}) - to_months({{ months }}) < {{ day }} as integer)
{%- endmacro %}

{#
    Length of a window of so many months in which a close that is as old as the window is long is outside; of one without
    end, longer than any history.
#}
{% macro window_length(months) -%}
    coalesce(to_months({{ months }}), interval '1000 years') - interval '1 microsecond'
{%- endmacro %}

{# Pearson of x and y from n, their sums, sums of squares and of products; null where one of them is constant. #}
{% macro pearson(n, x, y, xx, yy, xy) -%}
    ({{ n }} * {{ xy }} - {{ x }} * {{ y }}) / sqrt(
        nullif(greatest({{ n }} * {{ xx }} - {{ x }} * {{ x }}, 0), 0)
        * nullif(greatest({{ n }} * {{ yy }} - {{ y }} * {{ y }}, 0), 0)
    )
{%- endmacro %}

{# The season that a round closes in: the calendar year, UTC. #}
{% macro season(close_at) -%}
    cast(year({{ close_at }}) as integer)
{%- endmacro %}

{# A score or a return as exact sums of results take it: rounded to 1e-15. #}
{% macro score_for_sums(expression) -%}
    cast(cast({{ expression }} as decimal(38, 15)) as decimal(38, 18))
{%- endmacro %}

{#
    The square of a result that is itself rounded, for exact sums: rounded to 1e-24, and null for a result of 10,000 or more in
    size, whose square such a sum does not hold.
#}
{% macro square_for_sums(expression) -%}
    case
        when abs({{ expression }}) < 10000
            then cast(pow(cast({{ expression }} as double), 2) as decimal(38, 24))
    end
{%- endmacro %}

{#
    Variance (ddof 0) of x from n, Σx and Σx². Rounding noise is none: a deviation below 1e-7 of the mean, or a variance
    below what squares are rounded to.
#}
{% macro variance(n, x, xx) -%}
    if(
        {{ xx }} / {{ n }} - pow({{ x }} / {{ n }}, 2) <= 1e-14 * pow({{ x }} / {{ n }}, 2) + 1e-24,
        0,
        {{ xx }} / {{ n }} - pow({{ x }} / {{ n }}, 2)
    )
{%- endmacro %}

{# A moment of the landing in UTC, without a zone. `at time zone` does the same, and consults a calendar for each row. #}
{% macro in_utc(moment) -%}
    make_timestamp(epoch_us({{ moment }}))
{%- endmacro %}
