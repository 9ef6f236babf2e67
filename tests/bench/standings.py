"""Standings, the fund, indicators behind a long history: CPU seconds with nothing new, with a day's news.

    python tests/bench/standings.py [ROUNDS] [MODELS]

A round opens every weekday. What the models read is made up, not built: official final scores of 20 and
of 60 days, payouts, stakes, turnovers, portfolios of 300 stocks. dbt then builds the models of these topics:
all of the history; nothing new; and a day with one more round, the last days of two others, and a running day
of each open one. Beside them stands the same behind five rounds: what dbt itself costs.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[2]
ROUNDS, MODELS, STOCKS, FEW = 500, 1000, 300, 5
INPUTS = ("int_model_returns", "int_portfolio_returns", "int_meta_model_scores")
SELECTED = (
    *("path:models/standings", "path:models/fund", "path:models/indicators"),
    "path:python_models/standings",
    *("int_results_built", "int_as_of_dates_built", "int_entrants_built"),
)
CALENDAR = """
create or replace table bench_rounds as
select
    cast(row_number() over (order by day) as integer) as round_number,
    cast(day as date) as era_date,
    day + interval '14 hours' as close_at,
    day + interval '29 days 14 hours' as known_20,
    day + interval '85 days 14 hours' as known_60
from range(timestamp '2022-01-03', timestamp '2040-01-01', interval '1 day') as days(day)
where isodow(day) < 6
qualify round_number <= {rounds};
create or replace table bench_models as
select
    'model_' || i as model_id,
    'account_' || i // 2 as account_id,
    'Model ' || i as display_name,
    false as is_benchmark,
    false as is_example,
    true as is_ranked,
    timestamp '2021-01-01' as created_at
from range({models}) as numbers(i);
create or replace table bench_metrics as
select * from (values
    ('corr_v4', 'factor_feat_neutral_20', 20), ('ic_v2', 'raw_return_20', 20),
    ('ric', 'factor_neutral_20', 20), ('fnc_v3', 'factor_feat_neutral_20', 20),
    ('fnc_v4', 'factor_feat_neutral_20', 20), ('mmc', 'factor_neutral_20', 20),
    ('bmc', 'factor_neutral_20', 20), ('neutral_corr', 'factor_neutral_20', 20),
    ('neutral_mmc', 'factor_neutral_20', 20), ('tc', 'return_20', 20),
    ('alpha', 'chili_60', 60), ('mpc', 'chili_60', 60)
) as metrics(metric, target, score_day);
"""
# What of the tables is known by the close of the round {now}, and was not by that of {former}.
NEWS = """
create or replace table bench_closed as
from bench_rounds where round_number > {former} and round_number <= {now};
create or replace table bench_final as
select rounds.round_number, metrics.target, metrics.score_day,
    if(metrics.score_day = 20, known_20, known_60) as known_at
from bench_rounds as rounds
cross join (select distinct target, score_day from bench_metrics) as metrics
where known_at <= (select close_at from bench_rounds where round_number = {now})
    and known_at > coalesce(
        (select close_at from bench_rounds where round_number = {former}), '-infinity'
    );
insert into dim_rounds by name
select round_number, 'house' as tournament, 'house' as rule_set, 'live' as kind, era_date,
    close_at - interval '1 day' as open_at, close_at, false as is_resolved
from bench_closed;
insert into int_paying_rounds by name select round_number, close_at from bench_closed;
insert into fct_stakes by name
select round_number, model_id, 10 as stake_nmr, 10 as at_risk_nmr
from bench_closed cross join bench_models;
insert into fct_submissions by name
select round_number, model_id, 'accepted' as status from bench_closed cross join bench_models;
insert into fct_stability by name
select round_number, model_id, round_number - lag as lag_round, 0.1 + random() / 10 as turnover
from bench_closed cross join bench_models cross join range(1, 6) as lags(lag)
where round_number > lag;
insert into fct_portfolio_solutions by name
select round_number, {stocks} as stocks_held from bench_closed;
insert into fct_portfolios by name
select round_number, 'S' || i as stock_id, (random() - 0.5) / {stocks} as weight,
    1 as relative_weight
from bench_closed cross join range({stocks}) as stocks(i);
insert into fct_score_revisions by name
select final.*, model_id, metric, metric as score, 'v1' as score_version, random() - 0.5 as value,
    true as is_final, true as is_canon
from bench_final as final natural join bench_metrics cross join bench_models;
insert into fct_scores by name
select revisions.* from fct_score_revisions as revisions natural join bench_final;
insert into fct_payout_revisions by name
select round_number, known_60 as known_at, model_id, random() - 0.5 as payout_nmr
from bench_rounds natural join (select distinct round_number from bench_final where score_day = 60)
cross join bench_models;
insert into int_model_returns by name
select *, (random() - 0.5) / 10 as neutral_return
from bench_final cross join (select model_id from bench_models) where target = 'return_20';
insert into int_portfolio_returns by name
select *, true as is_final, (random() - 0.5) / 10 as portfolio_return, {stocks} as stocks_held
from bench_final where target = 'return_20';
insert into int_meta_model_scores by name
select bench_final.*, unnest(['corr_v4', 'ic_v2']) as score, 'v1' as score_version,
    'SWMM' as meta_model, random() - 0.5 as value
from bench_final where target = 'return_20';
insert into int_rounds_due by name select round_number, true as is_stale from bench_closed;
insert into int_target_days_due by name
select *, true as is_final, true as is_due from bench_final;
insert into int_target_days_due by name
select round_number, 'return_20' as target, 5 as score_day, close_at as known_at,
    false as is_final, true as is_due
from bench_rounds where round_number <= {now} and round_number > {now} - 20;
"""


def main(rounds=ROUNDS, models=MODELS):
    measured = {}
    for history in (FEW, int(rounds)):
        with tempfile.TemporaryDirectory() as scratch:
            measured[history] = measure(Path(scratch), history, int(models))
    print(f"{'behind':>12} {'build':<12} {'CPU s':>6} {'in models':>9}  slowest")
    for history, builds in measured.items():
        for name, (seconds, nodes) in builds.items():
            slowest = sorted(nodes, key=nodes.get, reverse=True)[:4]
            shown = ", ".join(f"{node} {nodes[node]:.2f}" for node in slowest)
            total = sum(nodes.values())
            print(f"{history:>5} rounds {name:<12} {seconds:>6.1f} {total:>9.2f}  {shown}")


def measure(folder, rounds, models):
    """Build → CPU seconds of dbt, and model → seconds."""
    land(folder, 1)
    build(folder, "run", "--exclude", "published_copy")
    land(folder, rounds + 1)
    fill(folder, CALENDAR, rounds=rounds + 1, models=models)
    tables = ("dim_rounds", "dim_models")
    cleared = "".join(f"delete from {table};" for table in tables)
    inserted = "insert into dim_models by name from bench_models;"
    fill(folder, nothing_due() + cleared + inserted)
    fill(folder, NEWS, former=0, now=rounds, stocks=STOCKS)
    chosen = ("run", "--select", *SELECTED, "--exclude", *INPUTS)
    measured = {"all": build(folder, *chosen)}
    fill(folder, nothing_due())
    build(folder, *chosen)  # drops sums that need not stay
    measured["nothing new"] = build(folder, *chosen)
    fill(folder, NEWS, former=rounds, now=rounds + 1, stocks=STOCKS)
    measured["a day"] = build(folder, *chosen)
    return measured


def nothing_due():
    return "delete from int_rounds_due; delete from int_target_days_due;"


def fill(folder, sql, **values):
    with duckdb.connect(str(folder / "kardashev.duckdb"), config={"threads": 2}) as connection:
        connection.execute(sql.format(**values))


def land(folder, rounds):
    """The calendar, in the landing: the fund's rounds are read from there."""
    connection = duckdb.connect()
    connection.execute(CALENDAR.format(rounds=rounds, models=0))
    path = folder / "landing" / "rounds" / "all.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"""
        copy (
            select 'house' as tournament, round_number, 'live' as kind, era_date,
                close_at - interval '1 day' as open_at, close_at
            from bench_rounds
        ) to '{path}'
        """
    )


def build(folder, *arguments):
    environment = os.environ | {
        "KARDASHEV_LANDING": str(folder / "landing"),
        "KARDASHEV_DB": str(folder / "kardashev.duckdb"),
        "KARDASHEV_PUBLISHED": str(folder / "published.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    places = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
    dbt = str(Path(sys.executable).with_name("dbt"))
    if arguments[0] == "run" and "--select" not in arguments:
        subprocess.run([dbt, "seed", "--quiet", *places], env=environment, check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([dbt, *arguments, "--quiet", *places], env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return seconds, {r["unique_id"].split(".")[-1]: r["execution_time"] for r in results}


if __name__ == "__main__":
    main(*sys.argv[1:])
