{#
Grain: round_number. The rounds with results of a model or an account that is registered otherwise than when the last
build was done, and those that the model sent something to: its age is another one. A model counts among those of its
account from its creation on. All tables are read as the last build left them.
#}
{% set ledger = left_by_last_build('int_entrants_built') %}
{% set results = left_by_last_build(
    'int_results',
    entrant_kind='varchar', entrant_id='varchar', round_number='integer', close_at='timestamp'
) %}
{% set submissions = left_by_last_build(
    'fct_submissions',
    round_number='integer', model_id='varchar'
) %}
with

entrants as (

    select
        *,
        coalesce(created_at, '-infinity') as since

    from {{ ref('int_entrants') }}

),

before as (

    {% if ledger %}
        select
            *,
            coalesce(created_at, '-infinity') as since
        from {{ ledger }}
    {% else %}
        select * from entrants
    {% endif %}

),

results as (

    select
        entrant_kind,
        entrant_id,
        round_number,
        close_at
    from {{ results }}

),

changed as (

    select
        entrant_kind,
        entrant_id,
        least(entrants.since, before.since) as since,
        [entrants.account_id, before.account_id] as account_ids

    from entrants
    full join before using (entrant_kind, entrant_id)
    where
        (entrants.since is distinct from before.since)
        or (entrants.account_id is distinct from before.account_id)
        or (entrants.display_name is distinct from before.display_name)
        or (entrants.is_ranked is distinct from before.is_ranked)

),

concerned as (

    select
        entrant_kind,
        entrant_id,
        cast('-infinity' as timestamp) as since

    from changed

    union

    select
        'account' as entrant_kind,
        unnest(account_ids) as entrant_id,
        since

    from changed
    where entrant_kind = 'model'

)

select results.round_number
from results
inner join concerned
    on
        results.entrant_kind = concerned.entrant_kind
        and results.entrant_id = concerned.entrant_id
        and results.close_at >= concerned.since

union

select submissions.round_number
from {{ submissions }} as submissions
inner join changed
    on
        submissions.model_id = changed.entrant_id
        and changed.entrant_kind = 'model'
