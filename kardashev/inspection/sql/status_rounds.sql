-- Grain: round_number. What became of each round that the last publication knew of, and why it is refused.
with

refusals as (

    select
        round_number,
        concat(
            contract,
            ': ',
            expectation,
            ': ',
            metric,
            ' is ',
            coalesce(printf('%.6g', observed), 'unknown'),
            ', expected ',
            expected,
            '; ',
            advice
        ) as reason

    from fct_contract_results
    where scope = 'round' and model_id = '' and not success

    union all

    select
        unnest(cast(string_split(rounds_waiting, ', ') as integer[])) as round_number,
        concat('waits for ', path, ': ', problem) as reason

    from fct_unusable_files
    where rounds_waiting is not null

),

refused as (

    select
        round_number,
        concat(min(reason), if(count(*) > 1, concat(' (and ', count(*) - 1, ' more)'), '')) as reason

    from refusals
    group by round_number

),

uploads as (

    select
        round_number,
        count(*) filter (where status = 'accepted') as accepted

    from fct_submissions
    group by round_number

)

select
    round_number,
    rounds.kind,
    rounds.era_date,
    rounds.close_at,
    case
        when refused.round_number is not null then 'refused'
        when provenance.round_number is null then 'not built'
        when rounds.is_resolved then 'final'
        else 'open'
    end as state,
    provenance.round_number is not null as is_built,
    coalesce(uploads.accepted, 0) as accepted_uploads,
    refused.reason

from dim_rounds as rounds
full join refused using (round_number)
left join fct_provenance as provenance using (round_number)
left join uploads using (round_number)
order by round_number
