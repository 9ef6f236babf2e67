{#
Grain: payout_rule, first_round, last_round. The replays that the variables `simulate_pay`, `simulate_from` and
`simulate_to` ask for: one under each payout rule, and one with frozen stakes, which no rule pays.
#}
with

payout_rules as (

    select * from {{ ref('payout_rules') }}

),

asked as (

    select
        try_cast('{{ var("simulate_from", "") }}' as integer) as first_round,
        try_cast('{{ var("simulate_to", "") }}' as integer) as last_round

),

names as (

    select payout_rule
    from payout_rules
    where payout_rule in ({% for rule in var('simulate_pay', []) %}'{{ rule }}', {% endfor %}null)

    union

    select 'frozen' as payout_rule

)

select
    names.payout_rule,
    asked.first_round,
    asked.last_round

from names
cross join asked
where asked.first_round <= asked.last_round
