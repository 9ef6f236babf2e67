-- Grain: contract, verdict. How many expectations held.
select
    contract,
    if(success, 'held', 'broken') as verdict,
    count(*) as verdicts

from fct_contract_results
where round_number = $round_number
group by all
order by contract, verdict
