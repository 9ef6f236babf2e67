-- Grain: model_id. The round's submissions: those that do not count first, each with its reasons.
select
    coalesce(models.display_name, submissions.model_id) as model,
    models.account_id,
    submissions.status,
    submissions.reasons,
    submissions.submitted_at,
    submissions.stocks_matched,
    submissions.stocks_unknown,
    submissions.stocks_filled,
    stakes.zeroed_reason,
    submissions.model_id

from fct_submissions as submissions
left join dim_models as models on submissions.model_id = models.model_id
left join fct_stakes as stakes
    on submissions.round_number = stakes.round_number and submissions.model_id = stakes.model_id
where submissions.round_number = $round_number
order by
    submissions.status = 'accepted',
    submissions.status = 'missing',
    lower(model),
    submissions.model_id
