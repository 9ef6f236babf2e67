{#
A file that cannot be read may belong to any round, so nothing is built: this test stands before all else.
#}
{% set problems %}
    select concat('landing/', path, ' cannot be used: ', problem, '. Replace or remove it') as line
    from {{ ref('int_landing_manifest') }}
    where problem is not null
{% endset %}
{% do say_failures(problems) %}
{{ problems }}
