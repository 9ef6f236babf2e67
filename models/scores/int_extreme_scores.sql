{#
Grain: round_number, score, score_version, target, score_day, known_at, model_key. Scores on the k highest and k
lowest stocks of each signal: Pearson, or the mean product of contributions.
#}
with

scores as (

    select * from {{ ref('int_scores_vectored') }}

),

vector_values as (

    select * from {{ ref('int_vector_values') }}

),

extremes as (

    select * from {{ ref('int_scored_extremes') }}

),

wanted as (

    select * from scores
    where extreme_form is not null

),

pairs as (

    select distinct
        round_number,
        coverage_id,
        extreme_form,
        vector_id

    from wanted

),

sums as (

    select
        pairs.extreme_form,
        pairs.vector_id,
        extremes.model_key,
        any_value(vector_values.value_scale) as value_scale,
        count(*) as n,
        {{ exact_sum('extremes.value') }} as x,
        {{ exact_sum('vector_values.value') }} as y,
        {{ exact_sum('extremes.value * extremes.value') }} as xx,
        {{ exact_sum('vector_values.value * vector_values.value') }} as yy,
        {{ exact_sum('extremes.value * vector_values.value') }} as xy

    from pairs
    inner join extremes
        on
            pairs.round_number = extremes.round_number
            and pairs.coverage_id = extremes.coverage_id
            and pairs.extreme_form = extremes.extreme_form
    inner join vector_values
        on
            pairs.vector_id = vector_values.vector_id
            and extremes.stock_key = vector_values.stock_key
    group by all

)

select
    wanted.round_number,
    wanted.score,
    wanted.score_version,
    wanted.target,
    wanted.score_day,
    wanted.known_at,
    sums.model_key,
    case
        when wanted.family like '%contribution' then sums.value_scale * sums.xy / sums.n
        else
            {{ pearson('sums.n', 'sums.x', 'sums.y', 'sums.xx', 'sums.yy', 'sums.xy') }}
    end as value

from wanted
inner join sums
    on
        wanted.vector_id = sums.vector_id
        and wanted.extreme_form = sums.extreme_form
