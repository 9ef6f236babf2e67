"""The demo's landing: reproducible, played by its rules, careful with what is not its own."""

import json
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kardashev.errors import LandingError, MarketError
from kardashev.landing.demo import write_demo
from kardashev.landing.demo.participants import PARTICIPANTS, signal_file, stake_rows
from kardashev.landing.demo.simulator import simulate_prices
from kardashev.landing.tables import LANDED_TABLES

SMALL = {"stocks": 130, "rounds": 9}


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "landing"
    write_demo(folder, **SMALL)
    return folder


@pytest.fixture
def query(landing):
    """A function from SQL over the landed tables, as views, to rows."""
    with duckdb.connect() as connection:
        for table in LANDED_TABLES:
            files = connection.read_parquet(f"{landing}/{table}/**/*.parquet", union_by_name=True)
            files.create_view(table)
        yield lambda sql: connection.execute(sql).fetchall()


def digest(landing):
    """Each landed file's values, by its path."""
    return {
        path.relative_to(landing): pq.read_table(path)
        for path in sorted(landing.rglob("*.parquet"))
    }


def test_one_seed_is_one_landing_and_another_seed_is_not(landing, tmp_path):
    write_demo(tmp_path / "again", **SMALL)
    first, again = digest(landing), digest(tmp_path / "again")
    assert first.keys() == again.keys()
    for path, table in first.items():
        if path.parts[0] != "factors":  # floating sums, equal to the last bits
            assert table.equals(again[path]), path
    write_demo(tmp_path / "other", seed=2, **SMALL)
    universe = next(path for path in first if path.parts[0] == "universe")
    assert not first[universe].equals(pq.read_table(tmp_path / "other" / universe))


def test_a_second_run_lands_nothing(landing):
    before = {path: path.stat().st_mtime_ns for path in landing.rglob("*")}
    summary = write_demo(landing, **SMALL)
    assert (summary.market.rounds_added, summary.uploads_added) == (0, 0)
    assert before == {path: path.stat().st_mtime_ns for path in landing.rglob("*")}


def test_a_killed_run_is_completed(landing, tmp_path):
    write_demo(tmp_path / "landing", **SMALL)
    corrected = sorted((tmp_path / "landing" / "submissions").glob("*/ada_swift/*"))
    corrected[-1].unlink()
    for path in (tmp_path / "landing" / "submissions").glob("*/dara_sober/*"):
        path.unlink()
    summary = write_demo(tmp_path / "landing", **SMALL)
    assert summary.uploads_added == 1 + SMALL["rounds"]
    assert digest(landing).keys() == digest(tmp_path / "landing").keys()


def test_twelve_models_of_six_accounts_play(query):
    assert query("select count(*), count(distinct account_id) from models") == [(12, 6)]
    assert query("select count(*), max(era_date) from rounds") == [
        (SMALL["rounds"], date(2026, 10, 30))
    ]
    played = dict(
        query("select model_id, count(distinct round_number) from submissions group by all")
    )
    assert played.pop("chen_small") == SMALL["rounds"] - 2
    assert set(played.values()) == {SMALL["rounds"]} and len(played) == 11


def test_uploads_are_in_time_but_for_one_late_model(query):
    timed = "select distinct model_id from submissions join rounds using (round_number) where"
    assert query(f"{timed} submitted_at > close_at") == [("bruno_summit",)]
    assert query(f"{timed} submitted_at < open_at") == []


def test_a_correction_follows_a_draft_of_the_opposite_sign(query):
    correlations = query(
        """
        with
        uploads as (
            select
                round_number,
                id,
                arg_min(signal, submitted_at) as first_signal,
                arg_max(signal, submitted_at) as last_signal
            from submissions
            where model_id = 'ada_swift'
            group by all
            having count(*) = 2
        )
        select corr(first_signal, last_signal) from uploads group by round_number
        """
    )
    assert [value for (value,) in correlations] == pytest.approx([-1] * (SMALL["rounds"] // 3))


def test_signals_lie_inside_zero_and_one_on_stocks_of_the_universe(query):
    assert query("select min(signal) > 0, max(signal) < 1 from submissions") == [(True, True)]
    strangers = """
        select count(*)
        from submissions
        anti join universe
            on submissions.round_number = universe.round_number
            and submissions.id = universe.stock_id
    """
    assert query(strangers) == [(0,)]


@pytest.mark.parametrize(
    ("model_id", "factor"),
    [("house_calm", "-volatility"), ("dara_steady", "-beta"), ("chen_small", "-size")],
)
def test_a_formula_orders_stocks_as_its_factor_does(query, model_id, factor):
    pairs = query(
        f"""
        select signal, {factor}
        from submissions
        join factors
            on submissions.round_number = factors.round_number
            and submissions.id = factors.stock_id
        where model_id = '{model_id}' and submissions.round_number = 1399
        """
    )
    signals, factors = np.array(pairs).T
    assert len(pairs) > 100
    assert (np.argsort(signals) == np.argsort(factors)).all()


def test_stakes_move_slowly_and_some_are_zero_some_large():
    table = pa.concat_tables([stake_rows(number) for number in range(1300, 1352)]).to_pandas()
    wide = table.pivot(index="round_number", columns="model_id", values="stake_nmr")
    assert (wide.min() >= 10).sum() >= 3
    assert (wide == 0).all().sum() >= 2 and (wide["ada_blend"] == 0).all()
    staked = wide.loc[:, wide.min() > 0]
    assert (staked.pct_change().abs().max() < 0.1).all()
    assert (staked.max() > 1.5 * staked.min()).all()


def test_stocks_of_which_a_formula_knows_nothing_are_left_out():
    file = signal_file(pa.chunked_array([["a", "b", "c"]]), np.array([2.0, np.nan, 1.0]))
    assert file.to_pydict() == {"ticker": ["a", "c"], "signal": [0.75, 0.25]}
    draft = signal_file(pa.chunked_array([["a", "b"]]), np.array([2.0, 1.0]), is_draft=True)
    assert draft["signal"].to_pylist() == [0.25, 0.75]


def test_every_formula_is_somebodys():
    assert len({participant.formula for participant in PARTICIPANTS}) == len(PARTICIPANTS) == 12


def test_a_demo_of_another_source_clears_its_own_tables_only(tmp_path):
    write_demo(tmp_path, **SMALL)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("kept")
    write_demo(tmp_path, stocks=110, rounds=3)
    assert json.loads((tmp_path / ".demo").read_text()) == {"rounds": 3, "seed": 1, "stocks": 110}
    assert len(list((tmp_path / "rounds").iterdir())) == 3
    assert (tmp_path / "notes" / "mine.txt").read_text() == "kept"


def test_a_landing_of_others_is_not_touched(tmp_path):
    theirs = tmp_path / "rounds" / "operator.csv"
    theirs.parent.mkdir()
    theirs.write_text("round_number\n1\n")
    with pytest.raises(LandingError, match="set KARDASHEV_LANDING to an empty folder"):
        write_demo(tmp_path, **SMALL)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [theirs]


def test_a_mistaken_path_clears_nothing(tmp_path):
    (tmp_path / ".demo").write_text("{}")
    (tmp_path / "rounds").mkdir()
    with pytest.raises(MarketError, match="no file"):
        write_demo(tmp_path, tmp_path / "absent.parquet", tmp_path / "absent.csv")
    with pytest.raises(MarketError, match="needs two files"):
        write_demo(tmp_path, prices=tmp_path / "absent.parquet")
    assert (tmp_path / "rounds").is_dir()


def test_a_simulated_market_is_plausible():
    prices, securities = simulate_prices(
        np.random.default_rng(3), stocks=250, days=1000, end=date(2026, 10, 31)
    )
    frame = prices.to_pandas()
    wide = frame.pivot(index="date", columns="ticker", values="adj_close")
    assert wide.index[-1] == date(2026, 10, 30)  # the last weekday
    assert len(wide) == 1000 and all(day.weekday() < 5 for day in wide.index)
    assert (frame[["close", "adj_close", "volume"]] > 0).all(axis=None)
    assert 0 < wide.iloc[0].isna().sum() < 25 and 0 < wide.iloc[-1].isna().sum() < 25
    returns = wide.pct_change(fill_method=None)
    assert (returns.std() * np.sqrt(252)).median() == pytest.approx(0.35, abs=0.1)
    market = returns.mean(axis=1)
    assert returns.corrwith(market).median() == pytest.approx(0.4, abs=0.15)
    ratio = frame.groupby("ticker").apply(
        lambda r: (r.close / r.adj_close).iloc[[0, -1]].to_numpy()
    )
    whole = wide.columns[wide.iloc[-1].notna()]
    assert np.vstack(ratio[whole])[:, 1] == pytest.approx(1, abs=1e-3)
    assert (np.vstack(ratio)[:, 0] >= 1 - 1e-3).all()  # dividends were paid since
    assert set(frame.ticker) <= set(securities["ticker"].to_pylist())


def test_simulated_momentum_calm_and_reversal_know_something():
    rng = np.random.default_rng(11)
    prices, _ = simulate_prices(rng, stocks=400, days=1800, end=date(2026, 10, 30))
    wide = prices.to_pandas().pivot(index="date", columns="ticker", values="adj_close")
    future = wide.shift(-20) / wide - 1

    def information(signal):
        """Mean rank correlation with the next month's returns."""
        months = slice(260, None, 20)
        return signal.iloc[months].corrwith(future.iloc[months], axis=1, method="spearman").mean()

    assert 0.03 < information(wide.shift(21) / wide.shift(252) - 1) < 0.15
    volatility = wide.pct_change(fill_method=None).rolling(252, min_periods=200).std()
    assert 0.03 < information(-volatility) < 0.15
    assert 0 < information(1 - wide / wide.shift(21)) < 0.05


@pytest.mark.parametrize(("stocks", "days"), [(0, 10), (10, 0)])
def test_nothing_is_simulated_of_nothing(stocks, days):
    with pytest.raises(ValueError, match="cannot simulate"):
        simulate_prices(np.random.default_rng(1), stocks, days, date(2026, 10, 30))
