{#
Grain: entrant_kind, entrant_id, score, round_number, known_at. Official final scores of models and of accounts, as they
became known. A null takes back the value known before.
#}
with

model_scores as (

    select * from {{ ref('int_model_scores') }}

),

account_scores as (

    select * from {{ ref('int_account_scores') }}

),

final_scores as (

    select
        'model' as entrant_kind,
        model_id as entrant_id,
        score,
        round_number,
        known_at,
        value

    from model_scores

    union all

    select
        'account' as entrant_kind,
        account_id as entrant_id,
        score,
        round_number,
        known_at,
        value

    from account_scores

)

select *
from final_scores
qualify
    value is not null
    or lag(value) over (
        partition by entrant_kind, entrant_id, score, round_number order by known_at
    ) is not null
