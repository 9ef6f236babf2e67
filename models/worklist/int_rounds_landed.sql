{#
Grain: round_number. What each round is made from, as one fingerprint: the content landed for it, targets
apart, the rule rows that apply to it, and the version of the formulas; and what its universe, N and factors are made
from, as another. Beside them the rounds of its stability window.
#}
-- depends_on: {{ ref('int_withdrawals') }}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

round_rules as (

    select * from {{ ref('int_round_rules') }}

),

windows as (

    select * from {{ ref('int_round_windows') }}

),

rounds_apart as (

    select * from {{ ref('int_rounds_apart') }}

),

columns_absent as (

    select * from {{ ref('int_columns_absent') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

parts as (

    select
        round_number,
        table_name as part,
        sum(cast(content_hash as hugeint)) as content_hash,
        sum(row_count) as row_count

    from manifest
    where table_name != 'targets' and problem is null
    group by all

    union all

    select * from round_rules

    union all

    -- What the round is judged on beside its own rows: these are of other rounds.
    select
        round_number,
        'years beyond the others' as part,
        years_beyond_others as content_hash,
        1 as row_count

    from rounds_apart
    where years_beyond_others > 0

    union all

    select
        round_number,
        contract || ' absent' as part,
        absent_columns as content_hash,
        1 as row_count

    from columns_absent
    where absent_columns > 0

),

described as (

    select
        round_number,
        part,
        concat_ws(':', part, content_hash, row_count) as description,
        part in (
            'universe', 'neutralizers', 'factors', 'neutralizers absent', 'factors absent'
        ) as is_of_columns

    from parts

),

fingerprints as (

    select
        round_number,
        md5(string_agg(description, ',' order by part)) as content_fingerprint,
        md5(
            string_agg(if(is_of_columns, description, null), ',' order by part)
        ) as columns_fingerprint

    from described
    group by all

),

listed_windows as (

    select
        round_number,
        list(lag_round order by lag_round) as lag_rounds

    from windows
    group by all

)

select
    rounds.round_number,
    rounds.kind,
    rounds.era_date,
    listed_windows.lag_rounds,
    rounds.close_at <= clock.clock_at as is_closed,
    md5(
        concat_ws(
            ':',
            fingerprints.content_fingerprint,
            hash(
                rounds.window_days,
                rounds.fallback_days,
                rounds.window_rounds,
                rounds.minimum_overlap,
                rounds.churn_threshold,
                rounds.turnover_threshold
            ),
            '{{ var("formula_version") }}'
        )
    ) as fingerprint,
    md5(
        concat_ws(':', fingerprints.columns_fingerprint, '{{ var("formula_version") }}')
    ) as columns_fingerprint

from rounds
inner join fingerprints on rounds.round_number = fingerprints.round_number
left join listed_windows on rounds.round_number = listed_windows.round_number
cross join clock
