{#
What is ranked of an upload is joined with the universe of its round, so its rows are unique if it names each stock
once. That is said by its profile of one row: nobody needs to look at stocks × models.
#}
with

submissions as (

    select * from {{ ref('int_submissions') }}

),

profiles as (

    select * from {{ ref('int_uploads_profiled') }}

)

select
    submissions.round_number,
    submissions.model_id,
    profiles.repeated_ids

from profiles
inner join submissions
    on
        profiles.round_number = submissions.round_number
        and profiles.model_key = submissions.model_key
        and profiles.submitted_at = submissions.submitted_at
where submissions.status = 'accepted' and profiles.repeated_ids > 0
