"""What a built warehouse shows at first sight: mean scores, where it is published, queries to try."""

from pathlib import Path

import duckdb

from kardashev.errors import WarehouseError

HEADLINE = """
select
    count(distinct round_number) as rounds,
    count(distinct round_number) filter (where is_resolved) as resolved,
    min(era_date) as first_era,
    max(era_date) as last_era
from dim_rounds
"""

STATUSES = """
select status, count(*) as submissions
from fct_submissions
group by status
order by submissions desc
"""

MEAN_SCORES = """
pivot (
    select display_name as model, score, value
    from fct_scores
    inner join dim_models using (model_id)
    where is_final and is_canon
)
on score
using round(avg(value), 5)
group by model
order by mmc desc nulls last, model
"""

QUERIES = {
    "The newest scores of one model": """
select round_number, score, score_day, value, percentile
from fct_scores
where model_id = (select min(model_id) from fct_scores) and is_canon
order by round_number desc, score
limit 10""",
    "Who stakes most, and does it pay to follow them?": """
select model_id, avg(at_risk_nmr) as mean_stake, avg(value) as mean_mmc
from fct_scores
inner join fct_stakes using (round_number, model_id)
where score = 'mmc' and is_final
group by model_id
order by mean_stake desc
limit 10""",
    "The stocks that the meta model likes best in the newest round": """
select stock_id, value
from fct_meta_models
where meta_model = 'SWMM' and round_number = (select max(round_number) from fct_meta_models)
order by value desc
limit 10""",
}


def print_tour(published):
    """Prints the tour of a published copy to standard output.

    Parameters
    ----------
    published : Path of the DuckDB file

    Raises
    ------
    WarehouseError
        When there is no such file, or it cannot be opened or read.
    """
    published = Path(published)
    if not published.is_file():
        raise WarehouseError(f"no published warehouse at {published}: run `dbt build` first")
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            _print_tour(connection, published)
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise WarehouseError(f"{published} cannot be read: {reason}. Build it again") from error


def _print_tour(connection, published):
    rounds, resolved, first, last = connection.execute(HEADLINE).fetchone()
    print(f"{rounds} rounds, eras {first} to {last}, {resolved} of them resolved; submissions:")
    for status, count in connection.execute(STATUSES).fetchall():
        print(f"  {count:>7,} {status}")
    print("\nMean final scores, official versions, one row a model:")
    _show(connection, MEAN_SCORES)
    print(f"\nThe published warehouse: {published.resolve()}")
    print("It opens in any DuckDB client, while builds go on. Three queries to try:")
    for title, query in QUERIES.items():
        print(f"\n-- {title}{query};")


def _show(connection, query):
    connection.sql(query).show(max_width=200, max_rows=100)
