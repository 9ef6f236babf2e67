"""What a built warehouse shows at first sight: what happened to whom, who leads, queries to try."""

from kardashev.printing import print_table
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.reading import PUBLISHED_COPY, reading

HEADLINE = """
select
    count(*) as rounds,
    count(*) filter (where is_resolved) as resolved,
    min(era_date) as first_era,
    max(era_date) as last_era
from dim_rounds
where kind = 'live'
"""

# Each part of the tour: what it says, and the query that says it; one that finds nothing is left out.
PARTS = (
    (
        "What became of the submissions:",
        """
select status, count(*) as submissions, count(distinct model_id) as models
from fct_submissions
inner join dim_rounds using (round_number)
where kind = 'live'
group by status
order by submissions desc
""",
    ),
    (
        "Quarantined, each for every reason that holds (the newest case of each model):",
        """
select
    coalesce(display_name, model_id) as model,
    count(*) as rounds,
    arg_max(reasons, round_number) as reasons
from fct_submissions
left join dim_models using (model_id)
where status = 'quarantined'
group by model
order by model
""",
    ),
    (
        "Late or absent, so without a score in those rounds:",
        """
select
    coalesce(display_name, model_id) as model,
    count(*) filter (where status = 'late') as late,
    count(*) filter (where status = 'missing') as missing
from fct_submissions
left join dim_models using (model_id)
where status in ('late', 'missing')
group by model
order by late + missing desc, model
limit 10
""",
    ),
    (
        "Stakes that were not at risk, for what moved too much (medians of the windows' largest figures):",
        """
select
    coalesce(display_name, model_id) as model,
    count(*) as rounds,
    count(*) filter (where zeroed_reason like '%churn is%') as by_churn,
    count(*) filter (where zeroed_reason like '%turnover is%') as by_turnover,
    round(median(max_churn), 3) as churn,
    round(median(max_turnover), 3) as turnover
from fct_stakes
left join dim_models using (model_id)
where stake_nmr > 0
group by model
having by_churn + by_turnover > 0
order by by_churn + by_turnover desc, model
limit 10
""",
    ),
    (
        "What the settled rounds paid: the most, and the least (NMR):",
        """
with

paid as (

    select
        coalesce(display_name, model_id) as model,
        count(*) filter (where at_risk_nmr > 0) as rounds_at_risk,
        round(avg(at_risk_nmr), 1) as at_risk_nmr,
        round(sum(payout_nmr), 2) as payout_nmr
    from fct_payouts
    left join dim_models using (model_id)
    where is_settled
    group by model
    having rounds_at_risk > 0

)

(from paid order by payout_nmr desc, model limit 3)
union all
(from (from paid order by payout_nmr, model limit 3) order by payout_nmr desc, model)
""",
    ),
    (
        "The leaderboard of models by MMC, the mean of a year's final scores:",
        """
select
    rank,
    previous_rank as before,
    coalesce(display_name, model_id) as model,
    account_id as account,
    round(reputation, 5) as mmc,
    round_count as rounds,
    stake_nmr,
    at_risk_nmr
from leaderboard_models
where
    score = 'mmc'
    and is_ranked
    and as_of_date = (select max(as_of_date) from leaderboard_models)
order by rank
limit 10
""",
    ),
    (
        "The leaderboard of accounts, their models' scores weighted by stake:",
        """
select
    rank,
    previous_rank as before,
    account_id as account,
    round(reputation, 5) as mmc,
    round_count as rounds,
    stake_nmr,
    at_risk_nmr
from leaderboard_accounts
where score = 'mmc' and as_of_date = (select max(as_of_date) from leaderboard_accounts)
order by rank
limit 12
""",
    ),
    (
        "The seasons by MMC: the titles of accounts, with the rounds that qualify:",
        """
select
    season,
    rank,
    account_id as account,
    title,
    round(season_score, 5) as season_score,
    qualified_rounds as qualified,
    resolved_rounds as resolved,
    is_closed
from leaderboard_seasons
where score = 'mmc' and (rank <= 5 or rank is null)
order by season, rank nulls last, season_score desc
limit 14
""",
    ),
    (
        "Clones: pairs of models whose every score agrees, whatever their stakes:",
        """
select
    one.model_id as model,
    other.model_id as clone,
    count(distinct one.round_number) as rounds
from fct_scores as one
inner join fct_scores as other
    on
        one.round_number = other.round_number
        and one.score = other.score
        and one.score_version = other.score_version
        and one.target = other.target
        and one.score_day = other.score_day
        and one.model_id < other.model_id
where one.score = 'corr_v4' and one.is_final
group by all
having max(abs(one.value - other.value)) < 1e-12 and rounds > 1
order by rounds desc
limit 5
""",
    ),
    (
        "Mean final scores, official versions: the five largest stakes, then the five best without one:",
        """
with

scored as (

    select
        coalesce(display_name, model_id) as model,
        round(coalesce(avg(at_risk_nmr), 0), 1) as stake_nmr,
        round(avg(value) filter (where score = 'corr_v4'), 5) as corr_v4,
        round(avg(value) filter (where score = 'mmc'), 5) as mmc,
        round(avg(value) filter (where score = 'alpha'), 5) as alpha,
        round(avg(value) filter (where score = 'mpc'), 5) as mpc
    from fct_scores
    inner join dim_rounds using (round_number)
    left join fct_stakes using (round_number, model_id)
    left join dim_models using (model_id)
    where is_final and is_canon and kind = 'live'
    group by model

)

(from scored where stake_nmr > 0 order by stake_nmr desc, model limit 5)
union all
(from scored where stake_nmr = 0 order by mmc desc, model limit 5)
""",
    ),
)

QUERIES = {
    "The newest scores of one model": """
select round_number, score, score_day, value, percentile
from fct_scores
where model_id = (select min(model_id) from fct_scores) and is_canon
order by round_number desc, score
limit 10""",
    "Every verdict that went against somebody": """
select round_number, contract, model_id, expectation, observed, expected
from fct_contract_results
where not success
order by round_number desc, model_id
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
    published : Path of the DuckDB file, or Lake

    Raises
    ------
    WarehouseError
        When there is no such file, or it cannot be opened or read.
    """
    with reading(published, PUBLISHED_COPY) as connection:
        _print_tour(connection, published)


def _print_tour(connection, published):
    rounds, resolved, first, last = connection.execute(HEADLINE).fetchone()
    print(f"{rounds} rounds, eras {first} to {last}; of {resolved} every score is final.")
    for title, query in PARTS:
        rows = connection.sql(query)
        if len(rows):
            print(f"\n{title}")
            print_table(rows.columns, rows.fetchall())
    is_lake = isinstance(published, Lake)
    print(f"\nThe published warehouse: {published.name if is_lake else published.resolve()}")
    print("It opens in any DuckDB client, while builds go on. Three queries to try:")
    for title, query in QUERIES.items():
        print(f"\n-- {title}{query};")
