{#
A refused round keeps its last good rows and stays due; all others are built and published, which is why this test
comes after the publication. It makes the build fail, and says what to do; so do rows of models/ that are left out. A
notice fails nothing: it is said.
#}
-- depends_on: {{ ref('published_copy') }}
{% set uploads_noticed %}
    select concat(
        'to be noticed: round ', round_number, ': ', count(*), ' uploads, the first of ', min(model_id), ': ',
        expectation, ': ', metric, ' is up to ', printf('%.6g', max(observed)), ', expected ', expected, '; ',
        any_value(advice)
    ) as line
    from {{ ref('int_contract_results') }}
    where scope = 'notice' and model_id != '' and not success
    group by round_number, expectation, metric, expected
{% endset %}
{% set findings %}
    select
        scope,
        concat(
            case scope
                when 'round' then concat('round ', round_number, ' is refused: ')
                when 'notice' then 'to be noticed: '
            end,
            if(scope = 'notice' and contract != 'models', concat('round ', round_number, ': '), ''),
            contract, '/ ', subject, ': ', expectation, ': ', metric, ' is ',
            coalesce(printf('%.6g', observed), 'unknown'), ', expected ', expected,
            ' (' || nullif(concat_ws('; ', problem, 'see ' || example), '') || ')', '; ', advice
        ) as line
    from {{ ref('int_contract_results') }}
    where scope != 'submission' and model_id = '' and not success
{% endset %}
{% do say_failures(
    'select line from (' ~ findings ~ ') union all select line from (' ~ uploads_noticed ~ ') order by line'
) %}
select * from ({{ findings }})
where scope != 'notice'
