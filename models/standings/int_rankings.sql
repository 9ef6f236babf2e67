{#
Grain: entrant_kind, entrant_id, score, as_of_date; days summed now. Reputations, the means of final scores, with the Sharpe
ratio and the share of positive rounds over a year. Ranks go by the reputation of a year, then the number of rounds in it,
then the older registration, then the id. Benchmarks and examples stand beside, without a rank.
#}
with

running_sums as (

    select * from {{ ref('int_running_sums') }}

),

days as (

    select * from {{ ref('int_as_of_dates_due') }}
    where is_summed

),

entrants as (

    select * from {{ ref('int_entrants') }}

),

means as (

    select
        running_sums.entrant_kind,
        running_sums.entrant_id,
        running_sums.score,
        running_sums.as_of_date,
        running_sums.reputation_window,
        running_sums.result_count,
        running_sums.square_count,
        running_sums.positive_count / nullif(running_sums.result_count, 0) as positive_share,
        {{ variance(
            'nullif(running_sums.result_count, 0)',
            'cast(running_sums.value_sum as double)',
            'cast(running_sums.square_sum as double)',
        ) }} as variance,
        cast(running_sums.value_sum as double) / nullif(running_sums.result_count, 0) as mean

    from running_sums
    inner join days on running_sums.as_of_date = days.as_of_date
    where running_sums.measure = 'score'

),

reputations as (

    select
        entrant_kind,
        entrant_id,
        score,
        as_of_date,
        any_value(mean) filter (where reputation_window = 'one_year') as reputation,
        any_value(mean) filter (where reputation_window = 'three_months')
            as reputation_three_months,
        any_value(mean) filter (where reputation_window = 'all_time') as reputation_all_time,
        any_value(result_count) filter (where reputation_window = 'one_year') as round_count,
        any_value(mean / sqrt(nullif(variance, 0))) filter (
            where
            reputation_window = 'one_year'
            and result_count > 1
            and square_count = result_count
        ) as sharpe,
        any_value(positive_share) filter (where reputation_window = 'one_year')
            as consistency

    from means
    group by all

),

known as (

    select
        reputations.*,
        entrants.account_id,
        entrants.display_name,
        entrants.created_at,
        coalesce(entrants.is_ranked, true) as is_ranked

    from reputations
    left join entrants
        on
            reputations.entrant_kind = entrants.entrant_kind
            and reputations.entrant_id = entrants.entrant_id
    where reputations.reputation is not null

)

select
    * exclude (created_at),
    case
        when is_ranked
            then
                row_number() over (
                    partition by entrant_kind, score, as_of_date, is_ranked
                    order by
                        {{ comparable_score('reputation') }} desc,
                        round_count desc,
                        created_at asc nulls last,
                        entrant_id asc
                )
    end as rank

from known
