{#
Grain: round_number. The rounds whose submissions can have another fate than the one that stands: what is landed for them
is redone; or others are expected than the ledger `int_submissions_built` says, because the round has closed or models were
registered, or withdrawn, that count by its close; of a round of validation nobody is expected. None that a backfill is not asked for. A round that is no longer landed has no roster, and its rows go.
#}
{% set ledger = left_by_last_build(
    'int_submissions_built',
    round_number='integer', roster='varchar'
) %}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

rounds_landed as (

    select * from {{ ref('int_rounds_landed') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

rounds_before as (

    select * from {{ ref('int_rounds_before') }}

),

models as (

    select * from {{ ref('int_models_known') }}

),

ledger as (

    select
        round_number,
        roster
    from {{ ledger }}

),

registered as (

    select
        coalesce(created_at, cast('-infinity' as timestamp)) as created_at,
        count(*) over (order by coalesce(created_at, cast('-infinity' as timestamp)))
            as model_count,
        sum(cast(hash(model_id) as hugeint))
            over (order by coalesce(created_at, cast('-infinity' as timestamp)))
            as content_hash

    from models

),

expected as (

    select
        rounds.round_number,
        rounds_landed.is_closed,
        -- Nothing is known of a refused round that was never built.
        not coalesce(rounds_due.is_left_out, false)
        or rounds_before.fingerprint is not null as is_known,
        is_known
        and rounds_landed.is_closed
        and (rounds.kind is distinct from 'validation') as is_expected,
        concat_ws(
            ':',
            rounds_landed.is_closed,
            is_known,
            if(is_expected, registered.model_count, null),
            if(is_expected, registered.content_hash, null)
        ) as roster

    from rounds
    inner join rounds_landed on rounds.round_number = rounds_landed.round_number
    left join rounds_due on rounds.round_number = rounds_due.round_number
    left join rounds_before on rounds.round_number = rounds_before.round_number
    asof left join registered on rounds.close_at >= registered.created_at

)

select
    round_number,
    expected.is_closed,
    expected.is_known,
    expected.roster

from expected
full join rounds_due using (round_number)
full join ledger using (round_number)
where
    {{ is_asked('round_number') }}
    and (
        coalesce(rounds_due.is_stale or rounds_due.is_prepared, false)
        or expected.roster is distinct from ledger.roster
    )
