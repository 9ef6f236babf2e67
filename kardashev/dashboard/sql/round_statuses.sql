-- Grain: status. What became of the round's submissions.
select
    status,
    count(*) as models

from fct_submissions
where round_number = $round_number
group by status
order by models desc
