{#
Grain: round_number. What each round is made from, as one fingerprint: the content landed for it, targets
apart, the rule rows that apply to it, and the version of the formulas.
#}
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

clock as (

    select max(latest_at) as clock_at from manifest

),

parts as (

    select
        round_number,
        table_name as part,
        sum(cast(content_hash as hugeint)) as content_hash,
        sum(row_count) as row_count

    from manifest
    where table_name != 'targets'
    group by all

    union all

    select * from round_rules

),

fingerprints as (

    select
        round_number,
        md5(
            string_agg(concat_ws(':', part, content_hash, row_count), ',' order by part)
        ) as content_fingerprint

    from parts
    group by all

)

select
    rounds.round_number,
    rounds.kind,
    rounds.era_date,
    rounds.window_days,
    rounds.close_at <= clock.clock_at as is_closed,
    md5(
        concat_ws(
            ':',
            fingerprints.content_fingerprint,
            rounds.window_days,
            hash(
                rounds.window_rounds,
                rounds.minimum_overlap,
                rounds.churn_threshold,
                rounds.turnover_threshold
            ),
            '{{ var("formula_version") }}'
        )
    ) as fingerprint

from rounds
inner join fingerprints on rounds.round_number = fingerprints.round_number
cross join clock
