{#
Grain: round_number, score, score_version, target, score_day, known_at. The due scores that multiply signals with
a vector, and which one.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

vectors as (

    select * from {{ ref('int_score_vectors') }}

)

select
    scores_due.*,
    vectors.vector_id

from scores_due
inner join vectors
    on
        scores_due.round_number = vectors.round_number
        and scores_due.target = vectors.target
        and scores_due.score_day = vectors.score_day
        and scores_due.known_at = vectors.known_at
        and scores_due.signal_form = vectors.signal_form
        and scores_due.vector_kind = vectors.kind
        and scores_due.transform = vectors.transform
        and if(scores_due.target = 'none', scores_due.meta_model, '') = vectors.meta_model
