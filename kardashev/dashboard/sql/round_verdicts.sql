-- Grain: contract, subject, expectation, model_id. Expectations of the round that were not met, and what to do.
select
    results.contract,
    results.expectation,
    coalesce(models.display_name, results.model_id) as model,
    results.scope,
    results.metric,
    results.observed,
    results.expected,
    results.problem,
    results.example,
    results.advice,
    results.subject,
    results.model_id

from fct_contract_results as results
left join dim_models as models on results.model_id = models.model_id
where results.round_number = $round_number and not results.success
order by results.contract, results.expectation, results.model_id
