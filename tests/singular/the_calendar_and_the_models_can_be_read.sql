{#
A file of rounds/ or models/ that could be used once is what other rounds are built on: without it nothing is built.
This test stands before all else. A new file that cannot be used takes nothing away.
#}
{% set problems %}
    select concat(
        'nothing is built: landing/', path, ' held ', sum(row_count),
        ' rows and cannot be used now: ', any_value(problem), '. Replace or remove it'
    ) as line
    from {{ ref('int_landing_manifest') }}
    where problem is not null and table_name in ('rounds', 'models')
    group by path
    having sum(row_count) > 0
{% endset %}
{% do say_failures(problems) %}
{{ problems }}
