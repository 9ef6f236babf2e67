-- Grain: payout_rule, owner. To whose gain and to whose cost: all models that are tried, and of the others those of which
-- $rows each are paid most more or less. $owner is `model_id` or `account_id`.
with

owned as (

    select
        *,
        if($owner = 'model_id', model_id, account_id) as owner

    from what_if_payouts

),

totals as (

    select
        payout_rule,
        owner,
        bool_or(is_given) as is_tried,
        round(coalesce(sum(landed_payout_nmr), 0), 6) as landed_paid,
        round(coalesce(sum(payout_nmr), 0), 6) as paid,
        round(coalesce(sum(difference_nmr), 0), 6) as difference

    from owned
    where owner is not null
    group by payout_rule, owner

)

select
    payout_rule,
    owner,
    if(is_tried, 'yes', '') as tried,
    landed_paid,
    paid,
    difference

from totals
where is_tried or difference != 0
qualify
    row_number() over (
        partition by payout_rule, is_tried order by abs(difference) desc, owner
    ) <= if(is_tried, 1e9, $rows)
order by payout_rule asc, is_tried desc, difference asc, owner asc
