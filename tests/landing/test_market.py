"""The operator's tables: definitions against plain numpy, and what a second run may change."""

from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from kardashev.errors import MarketError
from kardashev.kernels.ranking import doubled_rank, gaussianized
from kardashev.landing.demo.simulator import simulate_prices
from kardashev.landing.files import write_landed
from kardashev.landing.market import write_market
from kardashev.landing.market.factor_model import binned, group_dummies, median_filled

END = date(2026, 10, 28)  # a Wednesday: its week has not ended
ERA_FROM = date(2026, 6, 1)
DAYS = 400
TABLES = ("universe", "factors", "neutralizers", "rounds", "targets")


@pytest.fixture(scope="module")
def simulated():
    return simulate_prices(np.random.default_rng(7), stocks=120, days=DAYS, end=END)


def write_inputs(folder, prices, securities):
    paths = folder / "prices.parquet", folder / "securities.csv"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(prices, paths[0])
    pa_csv.write_csv(securities, paths[1])
    return paths


def until(prices, last):
    return prices.filter(pc.less_equal(prices["date"], pa.scalar(last)))


@pytest.fixture(scope="module")
def landing(simulated, tmp_path_factory):
    """Weekly rounds from the first of June on, all prices known."""
    folder = tmp_path_factory.mktemp("market")
    inputs = write_inputs(folder, *simulated)
    write_market(folder / "landing", *inputs, era_from=ERA_FROM)
    return folder / "landing"


def landed(landing, table, columns="*", where="true"):
    query = f"select {columns} from read_parquet('{landing}/{table}/*.parquet') where {where}"
    return duckdb.sql(f"{query} order by all").to_arrow_table().to_pandas(date_as_object=False)


@pytest.fixture(scope="module")
def prices_of(simulated):
    """Ticker → (dates, adj_close, close, volume), dates ascending."""
    frame = simulated[0].to_pandas().sort_values("date")
    return {ticker: rows.reset_index(drop=True) for ticker, rows in frame.groupby("ticker")}


@pytest.fixture(scope="module")
def complete(prices_of):
    """Tickers without a missing day, so that rows are trading days."""
    return [ticker for ticker, rows in prices_of.items() if len(rows) == DAYS][:5]


def first_round(landing):
    rounds = landed(landing, "rounds")
    return int(rounds.round_number.iloc[0]), rounds.era_date.iloc[0].date()


def up_to(rows, era_date):
    return rows[rows["date"] <= era_date].reset_index(drop=True)


def round_matrices(landing, number):
    """v, N, factors of a round, by stock_id."""
    where = f"round_number = {number}"
    universe = landed(landing, "universe", "stock_id, sample_weight", where).set_index("stock_id")
    basis = landed(landing, "neutralizers", where=where).set_index("stock_id")
    factors = landed(landing, "factors", where=where).set_index("stock_id")
    return universe.sample_weight, basis.drop(columns="round_number"), factors


def test_rounds_are_the_ended_weeks_with_stable_numbers_and_times(landing):
    rounds = landed(landing, "rounds", "round_number, era_date, epoch(open_at), epoch(close_at)")
    numbers, eras = rounds.iloc[:, 0], rounds.era_date.dt.date
    assert list(eras) == [date(2026, 6, 5) + timedelta(weeks=k) for k in range(21)]  # to 23 October
    mondays = [day - timedelta(days=4) for day in eras]
    assert list(numbers) == [(day - date(2000, 1, 3)).days // 7 + 1 for day in mondays]
    utc = np.datetime64("1970-01-01")
    opened = utc + rounds.iloc[:, 2].to_numpy().astype("timedelta64[s]")
    closed = utc + rounds.iloc[:, 3].to_numpy().astype("timedelta64[s]")
    assert opened[0] == np.datetime64("2026-06-06T13:00")  # Saturday
    assert closed[0] == np.datetime64("2026-06-08T14:00")  # Monday


def test_a_daily_round_is_numbered_by_weekdays_and_open_for_two_hours(simulated, tmp_path):
    inputs = write_inputs(tmp_path, *simulated)
    write_market(tmp_path / "landing", *inputs, date(2026, 10, 22), END, cadence="daily")
    rounds = landed(
        tmp_path / "landing", "rounds", "*, epoch(close_at) - epoch(open_at) as seconds"
    )
    expected = np.busday_count("2000-01-03", rounds.era_date.to_numpy().astype("datetime64[D]")) + 1
    assert list(rounds.round_number) == list(expected)
    assert len(rounds) == 5  # Thursday to Wednesday, Friday's round not twice
    assert (rounds.seconds == 7200).all()


def test_a_holiday_friday_moves_the_era_to_thursday_once_the_week_has_ended(simulated, tmp_path):
    prices, securities = simulated
    friday = date(2026, 10, 16)
    without = prices.filter(pc.not_equal(prices["date"], pa.scalar(friday)))
    era_dates = {}
    for last in (friday, date(2026, 10, 19)):
        folder = tmp_path / str(last)
        inputs = write_inputs(folder, until(without, last), securities)
        write_market(folder / "landing", *inputs, date(2026, 10, 5))
        era_dates[last] = landed(folder / "landing", "rounds").era_date.dt.date.max()
    assert era_dates == {friday: date(2026, 10, 9), date(2026, 10, 19): date(2026, 10, 15)}


def test_beta_is_the_regression_on_the_equal_weighted_market(landing, prices_of, complete):
    number, era_date = first_round(landing)
    returns = []
    for rows in prices_of.values():  # a single missing day is bridged, as a long return
        returns.append(rows.set_index("date").adj_close.pct_change(fill_method=None).rename(None))
    market = pd.concat(returns, axis=1).mean(axis=1)
    _, _, factors = round_matrices(landing, number)
    for ticker in complete:
        rows = up_to(prices_of[ticker], era_date)
        own = rows.set_index("date").adj_close.pct_change().iloc[-252:]
        slope, _ = np.polyfit(market.loc[own.index], own, 1)
        assert factors.beta[ticker] == pytest.approx(slope, rel=1e-9)
        assert factors.volatility[ticker] == pytest.approx(own.std() * np.sqrt(252), rel=1e-9)


def test_momentum_reversal_high_and_size_by_hand(landing, prices_of, complete):
    number, era_date = first_round(landing)
    _, _, factors = round_matrices(landing, number)
    for ticker in complete:
        rows = up_to(prices_of[ticker], era_date)
        p, dollars = rows.adj_close.to_numpy(), (rows.close * rows.volume).to_numpy()
        expected = {
            "momentum_12_1": p[-22] / p[-253] - 1,
            "feature_momentum_6_1": p[-22] / p[-127] - 1,
            "feature_reversal_1m": -(p[-1] / p[-22] - 1),
            "feature_high_52w": p[-1] / p[-252:].max(),
            "size": np.log(np.median(dollars[-252:])),
        }
        for name, value in expected.items():
            assert factors[name][ticker] == pytest.approx(value, rel=1e-12), name


def test_the_universe_is_what_has_history_price_and_volume(landing, prices_of):
    number, era_date = first_round(landing)
    expected = set()
    for ticker, all_rows in prices_of.items():
        rows = up_to(all_rows, era_date)
        quarter = rows[rows["date"] > np.busday_offset(era_date, -63).item()]
        if (
            len(rows) >= 252
            and rows["date"].iloc[-1] == era_date
            and rows.close.iloc[-1] >= 1
            and (quarter.close * quarter.volume).median() >= 1e6
        ):
            expected.add(ticker)
    assert set(landed(landing, "universe", where=f"round_number = {number}").stock_id) == expected
    assert 50 < len(expected) < len(prices_of)


def test_weights_are_roots_of_dollar_volume_capped_and_of_mean_one(landing, prices_of):
    number, era_date = first_round(landing)
    weights, _, _ = round_matrices(landing, number)
    first = np.busday_offset(era_date, -62).item()
    roots = []
    for ticker in weights.index:
        rows = up_to(prices_of[ticker], era_date)
        rows = rows[rows["date"] >= first]
        roots.append(np.sqrt((rows.close * rows.volume).median()))
    capped = np.minimum(roots, np.quantile(roots, 0.95))
    assert weights.to_numpy() == pytest.approx(capped / capped.mean(), rel=1e-12)
    means = landed(landing, "universe").groupby("round_number").sample_weight.mean()
    assert means.to_numpy() == pytest.approx(1, abs=1e-12)


def test_n_is_orthonormal_under_v_and_spans_market_sectors_and_factors(landing):
    number, _ = first_round(landing)
    v, n, factors = round_matrices(landing, number)
    v, basis = v.to_numpy()[:, None], n.to_numpy()
    assert np.abs(basis.T @ (v * basis) - np.eye(basis.shape[1])).max() < 1e-10
    countries, sectors = factors.filter(like="country_"), factors.filter(like="sector_")
    assert countries.shape[1] > 1
    assert (countries.sum(axis=1) == 1).all() and (sectors.sum(axis=1) == 1).all()
    standard = factors[["beta", "momentum_12_1", "size", "volatility"]].to_numpy()
    spanned = np.column_stack(
        [np.ones(len(v)), countries, sectors, gaussianized(doubled_rank(standard))]
    )
    assert np.abs(spanned - basis @ (basis.T @ (v * spanned))).max() < 1e-10
    assert basis.shape[1] == countries.shape[1] + sectors.shape[1] - 1 + 4


def test_returns_start_two_trading_days_after_the_era(landing, prices_of, complete):
    number, era_date = first_round(landing)
    targets = landed(landing, "targets", where=f"round_number = {number} and target like 'return%'")
    assert set(targets.target + targets.score_day.astype(str)) == {"return_2020", "return_6060"}
    for ticker in complete:
        p = prices_of[ticker].adj_close.to_numpy()
        start = len(up_to(prices_of[ticker], era_date)) - 1 + 2
        for horizon in (20, 60):
            rows = targets[(targets.stock_id == ticker) & (targets.score_day == horizon)]
            assert rows.value.item() == pytest.approx(p[start + horizon] / p[start] - 1, rel=1e-12)


def test_targets_are_residuals_in_five_bins(landing):
    number, _ = first_round(landing)
    v, n, factors = round_matrices(landing, number)
    wide = landed(landing, "targets", where=f"round_number = {number} and score_day = 60").pivot(
        index="stock_id", columns="target", values="value"
    )
    stocks = wide.index
    r, v, basis = wide.return_60.to_numpy(), v[stocks].to_numpy(), n.loc[stocks].to_numpy()
    groups = factors.loc[stocks].filter(regex="^(country|sector)_").to_numpy()
    raw = factors.loc[stocks, ["beta", "momentum_12_1", "size", "volatility"]].to_numpy()
    features = factors.loc[stocks].filter(like="feature_").to_numpy()
    design = np.column_stack([np.ones(len(r)), groups, gaussianized(doubled_rank(raw))])
    wider = np.column_stack([design, gaussianized(doubled_rank(features))])
    residuals = {
        "raw_return_60": r,
        "factor_neutral_60": r - design @ np.linalg.lstsq(design, r)[0],
        "factor_feat_neutral_60": r - wider @ np.linalg.lstsq(wider, r)[0],
        "chili_60": r - basis @ (basis.T @ (v * r)),
    }
    if len(stocks) == len(factors):  # on the full universe what is left is orthogonal under v
        assert np.abs(basis.T @ (v * residuals["chili_60"])).max() < 1e-10
    for name, residual in residuals.items():
        order = np.argsort(residual)
        bins = wide[name].to_numpy()[order]
        assert (np.diff(bins) >= 0).all(), name
        shares = [np.mean(bins == value) for value in (0, 0.25, 0.5, 0.75, 1)]
        assert shares == pytest.approx([0.05, 0.2, 0.5, 0.2, 0.05], abs=1.01 / len(stocks)), name


def test_known_at_is_noon_two_weekdays_after_the_last_return_day(landing):
    newest = landed(
        landing, "targets", "distinct round_number, score_day, epoch(known_at) as known_at"
    ).iloc[-1]
    assert newest.score_day == 1  # the era of 23 October: 27 October to 28 October
    known = datetime(1970, 1, 1) + timedelta(seconds=newest.known_at)
    assert known == datetime(2026, 10, 30, 12)


def test_later_prices_change_no_earlier_table(simulated, landing, tmp_path):
    prices, securities = simulated
    last = date(2026, 8, 14)
    inputs = write_inputs(tmp_path, until(prices, last), securities)
    write_market(tmp_path / "early", *inputs, era_from=ERA_FROM)
    assert len(landed(tmp_path / "early", "rounds")) == 11
    for table in TABLES[:4]:
        for path in sorted((tmp_path / "early" / table).iterdir()):
            early = pq.read_table(path).to_pandas()
            late = pq.read_table(landing / table / path.name).to_pandas()
            numeric = early.select_dtypes("number").columns
            assert early.drop(columns=numeric).equals(late.drop(columns=numeric))
            np.testing.assert_allclose(early[numeric], late[numeric], rtol=1e-9, atol=1e-12)


def test_a_second_run_adds_nothing_and_longer_prices_every_day_since(simulated, tmp_path):
    prices, securities = simulated
    short = write_inputs(tmp_path / "short", until(prices, date(2026, 10, 16)), securities)
    long = write_inputs(tmp_path / "long", prices, securities)
    landing = tmp_path / "landing"
    first = write_market(landing, *short, era_from=ERA_FROM)
    written = {path: path.stat().st_mtime_ns for path in landing.rglob("*.parquet")}
    again = write_market(landing, *short, era_from=ERA_FROM)
    assert (again.rounds_added, again.target_days_added) == (0, 0)
    assert again.rounds_known == first.rounds_added
    third = write_market(landing, *long, era_from=ERA_FROM)
    assert third.rounds_added == 1
    assert written == {path: path.stat().st_mtime_ns for path in written}
    assert write_market(landing, *long, era_from=ERA_FROM).target_days_added == 0
    for horizon in (20, 60):
        days = landed(
            landing, "targets", "distinct round_number, score_day", f"target = 'return_{horizon}'"
        )
        days = days.groupby("round_number").score_day.agg(set)
        for row in landed(landing, "rounds").itertuples():
            era_date = row.era_date.date()
            first, newest = (
                min(horizon, np.busday_count(era_date, last) - 2)
                for last in (date(2026, 10, 16), END)
            )
            is_new = first < -2
            has_one_day = is_new or first == horizon
            expected = {newest} if has_one_day else set(range(1, newest + 1))
            assert days.get(row.round_number, set()) == {day for day in expected if day >= 1}


def test_a_day_written_later_is_the_day_written_in_time(simulated, tmp_path):
    prices, securities = simulated
    era_date, asked = date(2026, 9, 4), (date(2026, 9, 4), date(2026, 9, 4))
    ends = [np.busday_offset(era_date, days).item() for days in (0, 3, 4, 5, 9)]
    for name, seen in (("daily", ends), ("seldom", ends[::4])):
        for last in seen:
            inputs = write_inputs(tmp_path / name, until(prices, last), securities)
            write_market(tmp_path / name / "landing", *inputs, *asked, cadence="daily")
    in_time, later = (
        landed(tmp_path / name / "landing", "targets") for name in ("daily", "seldom")
    )
    assert set(later.score_day) == set(range(1, 8)) == set(in_time.score_day)
    assert in_time.equals(later)


def test_a_killed_run_is_completed(simulated, landing, tmp_path):
    inputs = write_inputs(tmp_path, *simulated)
    again = tmp_path / "landing"
    write_market(again, *inputs, era_from=ERA_FROM)
    number, _ = first_round(again)
    for path in again.rglob(f"{number:06d}*"):
        if path.parent.name != "universe":
            path.unlink()
    summary = write_market(again, *inputs, era_from=ERA_FROM)
    assert (summary.rounds_added, summary.target_days_added) == (1, 2)
    names = {path.relative_to(again) for path in again.rglob("*.parquet")}
    assert names == {path.relative_to(landing) for path in landing.rglob("*.parquet")}


def test_a_round_is_known_only_when_its_other_tables_are_landed(simulated, tmp_path, monkeypatch):
    def killed(landing, table, name, rows):
        if table == "neutralizers":
            raise KeyboardInterrupt
        return write_landed(landing, table, name, rows)

    monkeypatch.setattr("kardashev.landing.market.market.write_landed", killed)
    with pytest.raises(KeyboardInterrupt):
        write_market(tmp_path / "landing", *write_inputs(tmp_path, *simulated), ERA_FROM)
    assert not (tmp_path / "landing" / "rounds").exists()


def test_a_last_price_is_carried_five_trading_days_and_no_further(simulated, tmp_path):
    prices, securities = simulated
    era_date = date(2026, 9, 4)
    tickers = ("SIM0001", "SIM0002")
    full = until(prices, date(2026, 9, 18))  # e+10: eight return days
    for days, ticker in zip((5, 6), tickers, strict=True):
        last = np.busday_offset(date(2026, 9, 18), -days).item()
        gone = pc.and_(pc.equal(full["ticker"], ticker), pc.greater(full["date"], pa.scalar(last)))
        full = full.filter(pc.invert(gone))
    inputs = write_inputs(tmp_path, full, securities)
    write_market(tmp_path / "landing", *inputs, era_date, era_date, min_dollar_volume=0)
    targets = landed(tmp_path / "landing", "targets", where="target = 'return_20'")
    assert set(targets.score_day) == {8}
    assert tickers[0] in set(targets.stock_id) and tickers[1] not in set(targets.stock_id)
    kept = full.filter(pc.equal(full["ticker"], tickers[0])).to_pandas().set_index("date").adj_close
    value = targets.set_index("stock_id").value[tickers[0]]
    assert value == pytest.approx(kept.iloc[-1] / kept[date(2026, 9, 8)] - 1, rel=1e-12)


@pytest.mark.parametrize(
    ("day", "tickers"),
    [(date(2026, 10, 24), 120), (date(2026, 10, 26), 50)],
    ids=["a Saturday", "a Monday with less than half of the tickers"],
)
def test_stray_dates_are_no_trading_days(simulated, day, tickers, tmp_path):
    prices, securities = simulated
    friday = until(prices, date(2026, 10, 23))
    stray = friday.filter(pc.equal(friday["date"], pa.scalar(date(2026, 10, 23)))).slice(0, tickers)
    stray = stray.set_column(1, "date", pa.array([day] * len(stray)))
    inputs = write_inputs(tmp_path, pa.concat_tables([friday, stray]), securities)
    write_market(tmp_path / "landing", *inputs, date(2026, 10, 12), cadence="daily")
    assert landed(tmp_path / "landing", "rounds").era_date.dt.date.max() == date(2026, 10, 23)


def test_a_market_that_grows_does_not_lose_its_first_days(simulated, tmp_path):
    prices, securities = simulated
    weekdays = np.busday_offset(END, np.arange(1 - DAYS, 1))
    joined, era_date = weekdays[180].item(), weekdays[270].item()
    is_early = pc.less(prices["ticker"], "SIM0050")
    prices = prices.filter(pc.or_(is_early, pc.greater_equal(prices["date"], pa.scalar(joined))))
    universes = []
    for name, known in (("early", until(prices, era_date)), ("late", prices)):
        inputs = write_inputs(tmp_path / name, known, securities)
        landing = tmp_path / name / "landing"
        write_market(landing, *inputs, era_date, era_date, cadence="daily")
        universes.append(landed(landing, "universe"))
    assert universes[0].equals(universes[1]) and 20 < len(universes[0]) < 50


def test_a_stock_enters_with_its_252nd_day_and_the_median_for_what_it_lacks(
    simulated, complete, tmp_path
):
    prices, securities = simulated
    new, newer = complete[:2]
    for ticker, days in ((new, 252), (newer, 251)):
        listed = np.busday_offset(END, 1 - days).item()
        before = pc.and_(
            pc.equal(prices["ticker"], ticker), pc.less(prices["date"], pa.scalar(listed))
        )
        prices = prices.filter(pc.invert(before))
    inputs = write_inputs(tmp_path, prices, securities)
    write_market(tmp_path / "landing", *inputs, END, END, cadence="daily", min_dollar_volume=0)
    momentum = landed(tmp_path / "landing", "factors").set_index("stock_id").momentum_12_1
    assert newer not in momentum.index
    assert momentum[new] == pytest.approx(momentum.drop(new).median(), rel=1e-12)


def test_a_ticker_without_security_is_unknown_and_bad_rows_are_counted(simulated, tmp_path):
    prices, securities = simulated
    known = securities.filter(pc.not_equal(securities["ticker"], "SIM0003"))
    bad = prices.slice(0, 1).set_column(2, "close", pa.array([0.0]))
    bad = bad.set_column(1, "date", pa.array([date(2020, 1, 1)]))
    inputs = write_inputs(tmp_path, pa.concat_tables([prices, bad]), known.drop(["country"]))
    told = []
    write_market(tmp_path / "landing", *inputs, date(2026, 10, 12), progress=told.append)
    universe = landed(tmp_path / "landing", "universe", where="stock_id = 'SIM0003'")
    assert set(universe.sector) == {"unknown"}
    assert set(landed(tmp_path / "landing", "universe").country) == {"unknown"}
    assert landed(tmp_path / "landing", "factors").filter(like="country_").empty
    assert told[0].startswith(f"1 of {len(prices) + 1} price rows left out")


def columns(**changes):
    """A day of prices for one ticker, changed."""
    base = {"ticker": "A", "date": date(2026, 1, 2), "close": 1.0, "adj_close": 1.0, "volume": 1}
    return pa.Table.from_pylist([base | changes])


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        (columns().drop(["adj_close"]), "lacks adj_close"),
        (columns().slice(0, 0), "no usable price among 0 rows"),
        (columns(close=-1.0), "no usable price among 1 rows"),
        (columns(adj_close=float("nan")), "no usable price"),
        (pa.concat_tables([columns(), columns(close=2.0)]), "more than one row for A, 2026-01-02"),
        (columns(), "no era date from 2026-06-01"),
    ],
)
def test_bad_prices_are_refused_in_one_line(prices, message, tmp_path):
    inputs = write_inputs(tmp_path, prices, pa.table({"ticker": ["A"], "sector": ["x"]}))
    with pytest.raises(MarketError, match=message) as refused:
        write_market(tmp_path / "landing", *inputs, era_from=ERA_FROM)
    assert "\n" not in str(refused.value)


def test_other_bad_input_is_refused(simulated, landing, tmp_path):
    prices, securities = write_inputs(tmp_path, *simulated)
    with pytest.raises(MarketError, match="no file"):
        write_market(tmp_path / "landing", tmp_path / "absent.parquet", securities)
    with pytest.raises(MarketError, match="no cadence 'hourly'"):
        write_market(tmp_path / "landing", prices, securities, cadence="hourly")
    with pytest.raises(MarketError, match=r"no era from .* has 20 stocks"):
        write_market(tmp_path / "landing", prices, securities, ERA_FROM, min_price=1e9)
    with pytest.raises(MarketError, match="no kind 'dead'"):
        write_market(tmp_path / "landing", prices, securities, kind="dead")
    for other in ({"tournament": "other"}, {"kind": "validation"}):
        with pytest.raises(MarketError, match="one tournament of one cadence"):
            write_market(landing, prices, securities, ERA_FROM, **other)
    doubled = tmp_path / "doubled.csv"
    doubled.write_text("ticker,sector\nSIM0001,x\nSIM0001,y\n")
    with pytest.raises(MarketError, match="more than one row for SIM0001"):
        write_market(tmp_path / "landing", prices, doubled)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no")
    with pytest.raises(MarketError, match="cannot read"):
        write_market(tmp_path / "landing", broken, securities)


def test_prices_in_csv_make_the_same_rounds(simulated, landing, tmp_path):
    _, securities = write_inputs(tmp_path, *simulated)
    pa_csv.write_csv(simulated[0], tmp_path / "prices.csv")
    write_market(tmp_path / "landing", tmp_path / "prices.csv", securities, ERA_FROM)
    for table in ("rounds", "universe"):
        assert landed(landing, table).equals(landed(tmp_path / "landing", table))


def test_ties_share_a_bin_and_shares_are_exact():
    values = np.random.default_rng(1).standard_normal(200)
    assert [np.sum(binned(values) == b) for b in (0, 0.25, 0.5, 0.75, 1)] == [10, 40, 100, 40, 10]
    assert (binned(np.zeros(7)) == 0.5).all()


def test_gaps_are_filled_with_the_median_and_groups_named_in_snake_case():
    filled = median_filled(
        np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan], [10.0, np.nan]])
    )
    assert filled.tolist() == [[1, 0], [3, 0], [3, 0], [10, 0]]
    sectors = ["Oil & Gas", "health  care", "Health Care"]
    names, dummies = group_dummies(["unknown"] * 3, sectors)
    assert names == ["sector_health_care", "sector_oil_and_gas"]
    assert dummies.tolist() == [[0, 1], [1, 0], [1, 0]]
    names, dummies = group_dummies(["US", "unknown", "US"], sectors)
    assert names == ["country_unknown", "country_us", "sector_health_care", "sector_oil_and_gas"]
    assert dummies.tolist() == [[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 1, 0]]


def test_real_prices_make_a_few_rounds(shared_data, tmp_path):
    prices = shared_data / "sp500_daily_2014_2021.parquet"
    securities = shared_data / "sp500_constituents_2021.csv"
    summary = write_market(tmp_path, prices, securities, date(2020, 3, 1), date(2020, 4, 30))
    assert (summary.rounds_added, summary.target_days_added) == (8, 16)
    rounds = landed(tmp_path, "rounds").era_date.dt.date
    assert date(2020, 4, 9) in set(rounds)  # the Thursday before Good Friday
    sizes = landed(tmp_path, "universe").groupby("round_number").size()
    assert sizes.between(480, 505).all()
    beta = landed(tmp_path, "factors").beta
    assert beta.mean() == pytest.approx(1, abs=0.05)
