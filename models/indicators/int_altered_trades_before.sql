{# Grain: round_number. The ledger of altered trades, as the last build left it. #}
{% set ledger = left_by_last_build('int_altered_trades_built') %}
{% if ledger %}
    select
        round_number,
        fingerprint
    from {{ ledger }}
{% else %}
    select
        cast(null as integer) as round_number,
        cast(null as hugeint) as fingerprint
    where false
{% endif %}
