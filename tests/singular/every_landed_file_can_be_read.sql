{#
A file that cannot be used is named, with the rounds that wait for it; all others are built and published, which is
why this test comes after the publication. It makes the build fail.
#}
-- depends_on: {{ ref('published_copy') }}
{% set problems %}
    select
        concat(
            'landing/', files.path, ' cannot be used: ', files.problem, '. ',
            'Replace or remove it', '; rounds ' || files.rounds_waiting || ' wait for it'
        ) as line
    from {{ ref('fct_unusable_files') }} as files
    order by files.path
{% endset %}
{% do say_failures(problems) %}
{{ problems }}
