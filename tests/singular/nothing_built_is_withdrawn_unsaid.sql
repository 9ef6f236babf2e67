{#
A folder that is missing, empty or not mounted looks like the withdrawal of all that it held. More than the share of
withdrawal_rules stops the build before anything of a round is overwritten, unless the variable allow_withdrawal says
that it is meant. This test stands before the worklist.
#}
{% set withdrawals %}
    select
        case
            when withdrawn_share > largest_share
                then concat(
                    'landing/', table_name, ' lacks ', round(100 * withdrawn_share, 1), ' % of what the ',
                    'warehouse was built from, more than ', round(100 * largest_share, 1), ' %: land it ',
                    'again, or say --vars "allow_withdrawal: true"'
                )
            else
                'landing/rounds has no round: land one, or say --vars "allow_withdrawal: true"'
        end as line
    from {{ ref('int_withdrawals') }}
    where
        not {{ var('allow_withdrawal') }}
        and (withdrawn_share > largest_share or (table_name = 'rounds' and landed_count = 0))
{% endset %}
{% do say_failures(withdrawals) %}
{{ withdrawals }}
