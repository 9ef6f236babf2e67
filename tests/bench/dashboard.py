"""The dashboard over many scores: seconds of each view, and of the first page in a browser.

    python tests/bench/dashboard.py [MODELS] [ROUNDS]
    python tests/bench/dashboard.py --published FILE

The copy of the first is made up, not built: four official series of all models in all rounds, which are
2,000,000 rows of fct_scores; the leaderboards of a year; stakes and payouts. The second looks at a copy that
is there, such as the demo's, five times with a browser that never saw it.
"""

import argparse
import inspect
import sys
import tempfile
import time
from pathlib import Path

import duckdb

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "dashboard"))

from browser import Browser, missing, serving  # noqa: E402
from published_copies import make_empty_copy  # noqa: E402

from kardashev.dashboard import choices  # noqa: E402
from kardashev.dashboard.published import Published  # noqa: E402
from kardashev.dashboard.views import fund, leaderboard, model, rounds  # noqa: E402

MODELS, ROUNDS = 1000, 500
ROWS = """
insert into dim_rounds by name
select
    i as round_number, 'live' as kind, date '2022-01-07' + cast(7 * i as integer) as era_date,
    true as is_resolved,
    0.15 as churn_threshold, 0.2 as turnover_threshold
from range({rounds}) as numbers(i);
insert into dim_models by name
select 'model_' || i as model_id, 'account_' || i // 2 as account_id, 'Model ' || i as display_name
from range({models}) as numbers(i);
insert into fct_scores by name
select
    round_number, model_id, score, 'v1' as score_version, 'target' as target, 20 as score_day,
    random() - 0.5 as value, random() as percentile, true as is_final, true as is_canon, score as metric
from dim_rounds, dim_models, (select unnest(['mmc', 'corr_v4', 'alpha', 'mpc']) as score);
insert into leaderboard_models by name
select
    model_id, account_id, display_name, era_date as as_of_date, score,
    row_number() over (partition by era_date, score order by random()) as rank, rank as previous_rank,
    random() as reputation, random() as reputation_three_months, random() as reputation_all_time
from dim_rounds, dim_models, (select unnest(['mmc', 'corr_v4', 'alpha', 'mpc']) as score)
where round_number >= {rounds} - 52;
insert into fct_stakes by name
select round_number, model_id, 10.0 as stake_nmr, 10.0 as at_risk_nmr from dim_rounds, dim_models;
insert into fct_payouts by name
select round_number, model_id, 10.0 as at_risk_nmr, 0.1 as payout_nmr, true as is_settled
from dim_rounds, dim_models;
"""


def made_up(folder, models, rounds_):
    path = make_empty_copy(folder / "published.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(ROWS.format(models=models, rounds=rounds_))
        count = connection.execute("select count(*) from fct_scores").fetchone()[0]
    print(f"{count:,} rows of fct_scores, {path.stat().st_size / 1e6:.0f} MB")
    for name, seconds in views(path):
        print(f"  {name:32} {seconds:6.3f} s")
    first_page(path, folder)


def views(path):
    """Seconds of each view, with its chart, by name."""
    published = Published(path)
    published.check()
    series = {"score": "mmc", "score_version": "v1", "target": "target"}
    known = {
        "score": "mmc",
        "as_of_date": choices.days(published, "mmc")[0],
        "span": "one_year",
        "model_id": "model_7",
        "series": series,
        "round_number": 400,
    }
    for room in (leaderboard, model, rounds, fund):
        for name, make in inspect.getmembers(room, inspect.isfunction):
            asked = {key: known[key] for key in inspect.signature(make).parameters if key in known}
            if make.__module__ == room.__name__ and name[0] != "_" and name != "seasons":
                began = time.perf_counter()
                make(published, **asked)
                yield f"{room.__name__.split('.')[-1]}.{name}", time.perf_counter() - began


def first_page(path, folder, browsers=1):
    """Prints, by browser, the seconds until the leaderboard is drawn at the first look and the next ones."""
    if missing():
        print(f"no {missing()}: the first page is not measured")
        return
    with serving(path) as address:
        for number in range(browsers):
            look_with(Browser(folder / str(number)), address)


def look_with(browser, address):
    try:
        browser.driver.get("data:text/html,")
        looks = [f"{browser.see(address):5.2f} s" for _ in range(3)]
        print(f"  leaderboard drawn at the first, second and third look: {', '.join(looks)}")
    finally:
        browser.driver.quit()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=int, nargs="?", default=MODELS)
    parser.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    parser.add_argument("--published", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.published:
            first_page(options.published, Path(folder), browsers=5)
        else:
            made_up(Path(folder), options.models, options.rounds)


if __name__ == "__main__":
    main()
