"""The demo's landing: reproducible, played by its rules, careful with what is not its own."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import norm

from kardashev.errors import LandingError, MarketError
from kardashev.landing.compaction import compact
from kardashev.landing.demo import write_demo
from kardashev.landing.demo.edits import EDITS, REFUSED_FILES
from kardashev.landing.demo.participants import PARTICIPANTS, Participant
from kardashev.landing.demo.schedule import stake_rows
from kardashev.landing.demo.signals import (
    gaussianized_known,
    participant_signal,
    signal_rows,
    write_file,
)
from kardashev.landing.demo.simulator import simulate_prices
from kardashev.landing.tables import LANDED_TABLES

SMALL = {"stocks": 150, "rounds": 6}  # 1395 to 1400: every habit has its turn
OTHER = {"stocks": 40, "rounds": 2}
# Nobody scores elsewhere, and no replay is published.
ABSENT = {"prices", "scores", "replayed_stakes", "replayed_scores"}
NEWEST = 1400  # the round of the simulation's last week
RULE_OF_MODEL = {
    "mallory_blank": "an id is missing",
    "mallory_twice": "a known id comes twice",
    "mallory_handful": "fewer than 100 ids are known",
    "mallory_gap": "a signal is no number",
    "mallory_loud": "a signal is outside [0, 1]",
    "mallory_flat": "the signal is constant",
    "mallory_abroad": "no id is known",
}


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """The landing of a first run, its summary, and what it said."""
    folder = tmp_path_factory.mktemp("demo") / "landing"
    lines = []
    return folder, write_demo(folder, **SMALL, progress=lines.append), lines


@pytest.fixture(scope="module")
def landing(first_run):
    return first_run[0]


@pytest.fixture
def copied(landing, tmp_path):
    """A landing of one's own to spoil."""
    return shutil.copytree(landing, tmp_path / "landing")


@pytest.fixture(scope="module")
def uploads(landing):
    """Each landed upload: round, model, time, whether it came after the close, the rules it breaks."""
    tables = {
        name: duckdb.read_parquet(f"{landing}/{name}/**/*.parquet").to_arrow_table().to_pandas()
        for name in ("rounds", "universe", "submissions")
    }
    closes = tables["rounds"].set_index("round_number")["close_at"]
    universe = tables["universe"].assign(id=tables["universe"]["stock_id"])
    known = {
        (number, id_type): set(of_round[id_type])
        for number, of_round in universe.groupby("round_number")
        for id_type in ("ticker", "bloomberg_ticker", "id")
    }
    keys = ["round_number", "model_id", "submitted_at", "id_type"]
    rows = [
        {
            "round_number": number,
            "model_id": model_id,
            "submitted_at": submitted_at,
            "is_late": submitted_at > closes[number],
            "broken": broken_rules(rows, known[number, id_type]),
        }
        for (number, model_id, submitted_at, id_type), rows in tables["submissions"].groupby(keys)
    ]
    return pd.DataFrame(rows).sort_values("submitted_at")


def broken_rules(rows, known):
    """The rules of a submission that these rows break, told one by one."""
    of_known = rows[rows["id"].isin(known)]
    if not len(of_known):
        return {"no id is known"}
    signals = of_known["signal"]
    numbers = signals[np.isfinite(signals)]
    found = {
        "an id is missing": rows["id"].isna().any(),
        "a known id comes twice": of_known["id"].duplicated().any(),
        "fewer than 100 ids are known": of_known["id"].nunique() < 100,
        "a signal is no number": len(numbers) < len(signals),
        "a signal is outside [0, 1]": not numbers.between(0, 1).all(),
        "the signal is constant": numbers.std() <= 1e-8,
    }
    return {rule for rule, is_broken in found.items() if is_broken}


@pytest.fixture
def query(landing):
    """A function from SQL over the landed tables, as views, to rows."""
    with duckdb.connect() as connection:
        for table in set(LANDED_TABLES) - ABSENT:
            files = connection.read_parquet(f"{landing}/{table}/**/*.parquet", union_by_name=True)
            files.create_view(table)
        yield lambda sql: connection.execute(sql).fetchall()


def digest(landing):
    """Each landed file's values, by its path; as frames, in which one NaN equals another."""
    return {
        path.relative_to(landing): pq.read_table(path).to_pandas()
        for path in sorted(landing.rglob("*.parquet"))
    }


def test_one_seed_is_one_landing_and_another_seed_is_not(landing, tmp_path):
    write_demo(tmp_path / "again", **SMALL)
    first, again = digest(landing), digest(tmp_path / "again")
    assert first.keys() == again.keys()
    for path, table in first.items():
        if path.parts[0] != "factors":  # floating sums, equal to the last bits
            assert table.equals(again[path]), path
    write_demo(tmp_path / "other", seed=2, **OTHER)
    universe = Path("universe", f"{NEWEST:06d}.parquet")
    assert not first[universe].equals(digest(tmp_path / "other")[universe])


def test_a_second_run_lands_nothing(landing):
    before = {path: path.stat().st_mtime_ns for path in landing.rglob("*")}
    summary = write_demo(landing, **SMALL)
    assert (summary.market.rounds_added, summary.uploads_added, summary.refusals) == (0, 0, 0)
    assert before == {path: path.stat().st_mtime_ns for path in landing.rglob("*")}


def test_a_run_after_compaction_lands_nothing(copied):
    assert compact(copied, datetime.max.replace(tzinfo=UTC)).rounds == SMALL["rounds"]
    summary = write_demo(copied, **SMALL)
    assert (summary.uploads_added, summary.refusals) == (0, 0)


def test_a_killed_run_is_completed(landing, copied):
    submissions = copied / "submissions"
    for model_id in ("ada_swift", "mallory_blank", "hana_second_thoughts"):
        sorted(submissions.glob(f"*/{model_id}/*"))[-1].unlink()
    for path in submissions.glob("*/dara_sober/*"):
        path.unlink()
    summary = write_demo(copied, **SMALL)
    assert summary.uploads_added == 3 + SMALL["rounds"]
    before, after = digest(landing), digest(copied)
    assert before.keys() == after.keys()
    for path, table in before.items():
        if path.parts[0] == "submissions":
            assert table.equals(after[path]), path


def test_models_and_accounts(query):
    assert query("select count(*), count(distinct account_id) from models") == [(39, 12)]
    assert query("select count(distinct display_name) from models") == [(39,)]
    assert query("select count(*), max(era_date), max(round_number) from rounds") == [
        (SMALL["rounds"], date(2026, 10, 30), NEWEST)
    ]


def test_one_model_skips_rounds_and_one_never_submits(query):
    played = dict(
        query("select model_id, count(distinct round_number) from submissions group by all")
    )
    assert played.pop("chen_small") == SMALL["rounds"] - 1
    assert set(played.values()) == {SMALL["rounds"]} and len(played) == 37
    assert query("select min(stake_nmr) > 10 from stakes where model_id = 'hana_someday'") == [
        (True,)
    ]


def test_uploads_are_in_time_but_for_one_late_model(query, uploads):
    assert set(uploads.loc[uploads["is_late"], "model_id"]) == {"bruno_summit"}
    too_early = "from submissions join rounds using (round_number) where submitted_at < open_at"
    assert query(f"select count(*) {too_early}") == [(0,)]


@pytest.mark.parametrize(("model_id", "rule"), RULE_OF_MODEL.items())
def test_a_bad_file_breaks_its_one_rule_and_is_the_only_one_of_its_round(uploads, model_id, rule):
    of_model = uploads[uploads["model_id"] == model_id]
    assert not of_model["round_number"].duplicated().any()
    is_bad = of_model["broken"] != set()
    assert is_bad.sum() == SMALL["rounds"] / 3
    assert all(broken == {rule} for broken in of_model.loc[is_bad, "broken"])


def test_a_valid_upload_is_spoiled_and_an_invalid_one_repaired_before_the_close(uploads):
    gap = {"a signal is no number"}
    for model_id, every, verdicts in (
        ("hana_second_thoughts", 4, [set(), gap]),
        ("hana_redraft", 5, [gap, set()]),
    ):
        of_model = uploads[uploads["model_id"] == model_id]
        for number, of_round in of_model.groupby("round_number"):
            expected = [set()] if number % every else verdicts
            assert of_round["broken"].tolist() == expected
        assert len(of_model) > SMALL["rounds"]


def test_every_other_upload_is_valid(uploads):
    others = uploads[
        ~uploads["model_id"].isin([*RULE_OF_MODEL, "hana_second_thoughts", "hana_redraft"])
    ]
    assert others.loc[others["broken"] != set()].empty


def test_a_clone_ranks_as_the_original_does_on_another_scale(query):
    pairs = query(
        """
        select
            original.round_number,
            list(original.signal order by original.id),
            list(clone.signal order by original.id)
        from submissions as original
        full join submissions as clone
            on original.round_number = clone.round_number and original.id = clone.id
        where original.model_id = 'fleur_anchored' and clone.model_id = 'ines_mirror'
        group by all
        """
    )
    sizes = dict(
        query(
            "select round_number, count(*) from submissions where model_id = 'ines_mirror' "
            "group by all"
        )
    )
    assert len(pairs) == SMALL["rounds"]
    for number, original, clone in pairs:
        assert len(clone) == sizes[number] and 0.4 < min(clone) < max(clone) < 0.6
        assert (np.argsort(original) == np.argsort(clone)).all()
    accounts = "select count(distinct account_id) from models where model_id in"
    assert query(f"{accounts} ('fleur_anchored', 'ines_mirror')") == [(2,)]


@pytest.mark.parametrize(
    ("copy", "original", "least", "most"),
    [
        ("ines_smudged_mirror", "fleur_anchored", 0.98, 0.9999),
        ("fleur_echo", "house_calm", 0.98, 0.9999),
        ("ada_rough_blend", "ada_blend", 0.9, 0.99),
    ],
)
def test_a_noisy_copy_is_near_its_original(query, copy, original, least, most):
    correlations = query(
        f"""
        select corr(copies.signal, originals.signal)
        from submissions as copies
        join submissions as originals using (round_number, id)
        where copies.model_id = '{copy}' and originals.model_id = '{original}'
        group by round_number
        """
    )
    assert len(correlations) == SMALL["rounds"]
    assert all(least < value < most for (value,) in correlations)


def test_dice_are_thrown_anew_each_week(query):
    ((correlation,),) = query(
        """
        select corr(this.signal, next.signal)
        from submissions as this
        join submissions as next
            on this.round_number + 1 = next.round_number and this.id = next.id
        where this.model_id = 'emil_dice' and next.model_id = 'emil_dice'
        """
    )
    assert abs(correlation) < 0.1


def test_stocks_go_by_three_kinds_of_identifier(query):
    kinds = "select id_type, count(distinct model_id) from submissions group by all order by all"
    assert query(kinds) == [("bloomberg_ticker", 2), ("id", 1), ("ticker", 35)]
    assert query("select count(*) from universe where bloomberg_ticker = stock_id") == [(0,)]
    shared = "select round_number, bloomberg_ticker from universe group by all having count(*) > 1"
    assert query(shared) == []


def test_one_model_sends_five_grades(query):
    grades = "select distinct signal from submissions where model_id = 'goran_tides' order by all"
    assert [grade for (grade,) in query(grades)] == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])


def test_one_model_names_strangers_besides_the_known(query):
    strangers = """
        select model_id, count(*) / count(distinct round_number)
        from submissions
        anti join universe
            on submissions.round_number = universe.round_number
            and submissions.id in (universe.stock_id, universe.bloomberg_ticker)
        where submissions.id is not null and model_id <> 'mallory_abroad'
        group by all
    """
    assert query(strangers) == [("hana_globetrotter", 25)]


def test_the_door_refuses_what_it_should_and_nothing_of_it_is_landed(first_run, uploads):
    folder, summary, lines = first_run
    refused = [line for line in lines if line.startswith("refused, as it should be: ")]
    assert summary.refusals == len(refused) == len(REFUSED_FILES) == 4
    for line, name in zip(refused, REFUSED_FILES, strict=True):
        assert name in line and "\n" not in line
    fumbled = uploads[uploads["model_id"] == "mallory_fumble"]
    assert len(fumbled) == fumbled["round_number"].nunique() == SMALL["rounds"]
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".demo"]
    assert all(path.suffix == ".parquet" for path in files)
    assert len(list(folder.glob("submissions/**/*.parquet"))) == len(uploads)
    assert summary.uploads_added == len(uploads)


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
        where model_id = '{model_id}' and submissions.round_number = {NEWEST - 1}
        """
    )
    signals, factors = np.array(pairs).T
    assert len(pairs) > 100
    assert (np.argsort(signals) == np.argsort(factors)).all()


def test_stakes_move_slowly_and_some_are_zero_some_tiny_some_large():
    table = pa.concat_tables([stake_rows(number) for number in range(1300, 1352)]).to_pandas()
    wide = table.pivot(index="round_number", columns="model_id", values="stake_nmr")
    assert (wide.min() >= 10).sum() >= 20
    assert (wide == 0).all().sum() >= 3 and (wide["ada_blend"] == 0).all()
    staked = wide.loc[:, wide.min() > 0]
    assert (staked.max() < 1).sum() >= 3
    assert staked["jonas_whale"].min() > 0.25 * wide.sum(axis=1).max()
    # Hundredths of an NMR are a large share of the tiny ones.
    moves = staked.diff().abs().max()
    assert (moves < 0.1 * staked.mean() + 0.01).all()
    large = staked.loc[:, staked.min() > 1]
    assert (large.max() > 1.5 * large.min()).all()


def participant(**columns):
    fixed = {"model_id": "m", "account_id": "a", "display_name": "M", "stake_nmr": 0}
    return Participant(**fixed | {"recipe": {"trend": 1}} | columns)


def test_stocks_of_which_a_formula_knows_nothing_are_left_out():
    ids = pa.chunked_array([["a", "b", "c"]])
    rows = signal_rows(participant(), ids, np.array([2.0, np.nan, 1.0]))
    assert rows.to_pydict() == {"ticker": ["a", "c"], "signal": [0.75, 0.25]}
    draft = signal_rows(participant(), ids, np.array([2.0, np.nan, 1.0]), "wrong_sign")
    assert draft["signal"].to_pylist() == [0.25, 0.75]
    narrow = participant(span=(0.4, 0.6), header=("id", "prediction"))
    rows = signal_rows(narrow, ids, np.array([2.0, np.nan, 1.0]))
    assert rows.column_names == ["id", "prediction"]
    assert rows["prediction"].to_pylist() == pytest.approx([0.55, 0.45])
    assert len(signal_rows(participant(), ids, np.full(3, np.nan), "few_ids")) == 0


def test_a_formula_is_gaussianized_over_the_stocks_it_knows():
    values = np.array([[3.0, np.nan], [np.nan, np.nan], [1.0, np.nan], [2.0, np.nan]])
    found = gaussianized_known(values)
    assert found[[2, 3, 0], 0] == pytest.approx(norm.ppf([1 / 6, 1 / 2, 5 / 6]))
    assert np.isnan(found[1, 0]) and np.isnan(found[:, 1]).all()


def test_noise_depends_on_seed_round_and_model_alone():
    dice = participant(recipe={}, noise=1.0)
    first = participant_signal(dice, {}, 5, seed=1, round_number=2)
    assert (first == participant_signal(dice, {}, 5, seed=1, round_number=2)).all()
    other = participant(recipe={}, noise=1.0, model_id="n")
    for changed in (
        participant_signal(dice, {}, 5, seed=2, round_number=2),
        participant_signal(dice, {}, 5, seed=1, round_number=3),
        participant_signal(other, {}, 5, seed=1, round_number=2),
    ):
        assert (first != changed).all()


def test_csv_and_parquet_hold_the_same_missing_cells(tmp_path):
    rows = pa.table({"ticker": ["a", None, "c"], "signal": [0.1 + 0.2, float("nan"), None]})
    write_file(rows, tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text() == (
        "ticker,signal\na,0.30000000000000004\n,nan\nc,\n"
    )
    write_file(rows, tmp_path / "rows.parquet")
    assert str(pq.read_table(tmp_path / "rows.parquet").to_pydict()) == str(rows.to_pydict())


def test_every_edit_is_somebodys():
    used = {
        send.edit
        for participant in PARTICIPANTS
        for habit in participant.habits
        for send in habit.sends
    }
    assert used - {""} == set(EDITS)


def test_a_demo_of_another_source_clears_its_own_tables_only(copied):
    (copied / "notes").mkdir()
    (copied / "notes" / "mine.txt").write_text("kept")
    write_demo(copied, **OTHER)
    marker = json.loads((copied / ".demo").read_text())
    assert marker.pop("participants") and marker == {"rounds": 2, "seed": 1, "stocks": 40}
    assert len(list((copied / "rounds").iterdir())) == 2
    assert (copied / "notes" / "mine.txt").read_text() == "kept"


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
    with pytest.raises(MarketError, match="no --stocks and --rounds, but --from"):
        write_demo(tmp_path, tmp_path / "absent.parquet", tmp_path / "absent.csv", rounds=26)
    with pytest.raises(ValueError, match="cannot simulate"):
        write_demo(tmp_path / "nothing", stocks=0)
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
