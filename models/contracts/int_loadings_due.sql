{#
Grain: round_number. The rounds whose universe, N and factors are taken anew, or dropped: an upload to a round makes none
of them anew. Rounds of validation keep theirs when their signals are dropped: uploads come to them for years.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

loadings as (

    select * from {{ ref('int_loadings_known') }}

)

select
    rounds_due.round_number,
    if(rounds_due.is_prepared, loadings.fingerprint, null) as fingerprint,
    rounds_due.is_prepared and loadings.fingerprint is not null as is_made

from rounds_due
left join loadings on rounds_due.round_number = loadings.round_number
where
    (is_made and not loadings.is_level)
    or loadings.fingerprint is null
    or (rounds_due.is_pruned and not is_made and loadings.kind != 'validation')
