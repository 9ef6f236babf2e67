{#
Grain: round_number, series; due rounds. What the fund had made when each final round had run, before costs (`gross`)
and after (`net`): wealth, the fall from its peak, and the Sharpe ratio of the rounds that closed in the
year up to it. Each open round has an equal share of the capital. A year has 261 weekdays, so 261 / 20
rounds of 20 return days that follow each other: the root of that annualises. Overlap leaves the deviation
of a round's return as it is.
#}
{% set weekdays_a_year = 261 %}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

fund_returns as (

    select * from {{ ref('int_fund_returns') }}

),

series_returns as (

    select
        round_number,
        close_at,
        return_days,
        capital_share,
        unnest(['gross', 'net']) as series,
        unnest([portfolio_return, net_return]) as value

    from fund_returns
    where is_final

),

final_returns as (

    select *
    from series_returns
    where value is not null

),

wealths as (

    select
        round_number,
        series,
        close_at,
        -- A hair's breadth is left to who has lost everything, for the logarithm.
        sum(cast(ln(greatest(1 + capital_share * value, 1e-12)) as decimal(38, 15)))
            over (partition by series order by close_at, round_number) as log_wealth

    from final_returns

),

peaks as (

    select
        round_number,
        series,
        log_wealth,
        greatest(
            max(log_wealth) over (partition by series order by close_at, round_number), 0
        ) as log_peak

    from wealths

),

years as (

    select
        final_returns.round_number,
        final_returns.series,
        any_value(final_returns.return_days) as return_days,
        count(*) as n,
        {{ exact_sum_of_amounts('others.value') }} as total,
        {{ exact_sum_of_amounts('others.value * others.value') }} as total_of_squares

    from final_returns
    inner join results_due on final_returns.round_number = results_due.round_number
    inner join final_returns as others
        on
            final_returns.series = others.series
            and others.close_at <= final_returns.close_at
            and others.close_at > final_returns.close_at - to_years(1)
    where results_due.is_after
    group by all

)

select
    peaks.round_number,
    peaks.series,
    years.n as rounds_one_year,
    exp(cast(peaks.log_wealth as double)) - 1 as cumulative_return,
    1 - exp(cast(peaks.log_wealth - peaks.log_peak as double)) as drawdown,
    case
        when years.n > 1
            then
                sqrt({{ weekdays_a_year }} / years.return_days)
                * years.total / years.n
                / sqrt(nullif(
                    greatest(
                        (years.total_of_squares - years.total * years.total / years.n)
                        / (years.n - 1),
                        0
                    ),
                    0
                ))
    end as sharpe_one_year

from peaks
inner join years
    on
        peaks.round_number = years.round_number
        and peaks.series = years.series
