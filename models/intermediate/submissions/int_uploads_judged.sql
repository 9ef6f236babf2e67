{#
Grain: round_number, model_key, submitted_at. The verdict on each upload: the reasons against it, none if it
can be ranked. Only what would make ranks meaningless is judged here.
#}
with

profiled as (

    select * from {{ ref('int_uploads_profiled') }}

)

select
    *,
    nullif(
        concat_ws(
            '; ',
            case when missing_ids > 0 then missing_ids || ' rows without an id' end,
            case when known_ids = 0 then 'no id is known to the round' end,
            case
                when known_ids > known_stocks
                    then known_ids - known_stocks || ' rows name a stock again'
            end,
            case
                when unusable_signals > 0
                    then unusable_signals || ' signals are missing or not finite'
            end
        ),
        ''
    ) as reasons

from profiled
