{# The tournament's name selects the rules: two names in one warehouse would mix them. #}
select count(distinct tournament) as tournaments
from {{ ref('stg_tournament__rounds') }}
having count(distinct tournament) > 1
