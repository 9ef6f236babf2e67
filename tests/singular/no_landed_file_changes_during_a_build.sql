{# What was read may be another file's rows: nothing enters the ledgers, nothing is published, all stays due. #}
{% set changes %}
    select concat(
        'landing/', path, ' changed during the build: nothing is published; build again'
    ) as line
    from {{ ref('int_files_changed') }}
{% endset %}
{% do say_failures(changes) %}
{{ changes }}
