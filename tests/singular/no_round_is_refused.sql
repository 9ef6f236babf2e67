{#
A refused round keeps its last good rows and stays due; all others are built and published, which is why this test
comes after the publication. It makes the build fail, and says what to do.
#}
-- depends_on: {{ ref('published_copy') }}
{% set refusals %}
    select
        concat(
            'round ', results.round_number, ' is refused: ', results.contract, '/ ',
            results.subject, ': ', results.expectation, ': ', results.metric, ' is ',
            coalesce(printf('%.6g', results.observed), 'unknown'), ', expected ',
            results.expected, if(results.problem is null, '', ' (' || results.problem || ')'), '; ',
            expectations.advice
        ) as line
    from {{ ref('int_contract_results') }} as results
    inner join {{ ref('int_round_expectations') }} as expectations
        on
            results.round_number = expectations.round_number
            and results.contract = expectations.contract
            and results.expectation = expectations.expectation
    where results.scope = 'round' and not results.success
{% endset %}
{% do say_failures(refusals) %}
{{ refusals }}
