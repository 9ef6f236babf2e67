{#
A round whose limits or numbers allow no portfolio fails the build, after the publication of all else, and says
why. That nobody's stake makes a meta model is no failure.
#}
-- depends_on: {{ ref('published_copy') }}
{% set refusals %}
    select
        concat(
            'round ', round_number, ' has no portfolio: ', reason,
            '; correct its limits in portfolio_limits, or its factors'
        ) as line
    from {{ ref('fct_portfolio_solutions') }}
    where status = 'refused'
{% endset %}
{% do say_failures(refusals) %}
{{ refusals }}
