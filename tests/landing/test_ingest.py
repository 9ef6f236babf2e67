"""Folders of files made elsewhere: what lands is what the files say, once, or nothing and one line."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from numerai_files import (
    BENCHMARKS,
    CLASSIC_FEATURES,
    ERA_ONE,
    FIRST_ERA,
    SIGNALS_FEATURES,
    fridays,
    write_classic,
    write_signals,
)

from kardashev.errors import LandingError
from kardashev.landing.ingest import Choices, ingest, shape
from kardashev.landing.ingest import run as ingest_run

WEEKS = 4
TABLES = ("universe", "factors", "neutralizers", "targets", "submissions")
STANDARD = {"beta": "beta", "size": "market_cap", "volatility": "volatility"}
STANDARD |= {f"momentum_{n}": f"momentum_{n}" for n in ("12w", "26w", "52w", "52w_less_4w")}


def land(folder, landing, name="signals", **choices):
    return ingest(folder, landing, shape(name), Choices(**choices))


def landed(landing, table, where="true"):
    files = f"'{landing}/{table}/**/*.parquet'"
    query = f"select * from read_parquet({files}, union_by_name = true) where {where}"
    return duckdb.sql(f"{query} order by all").to_arrow_table().to_pandas(date_as_object=False)


def listed(landing):
    """Every file with what tells it from one written later."""
    return {path: path.stat().st_mtime_ns for path in Path(landing).rglob("*.parquet")}


def number(day):
    return int(f"{day:%Y%m%d}")


@pytest.fixture(scope="module")
def signals(tmp_path_factory):
    """Four weeks of files, what they hold, and the landing that they become."""
    folder = tmp_path_factory.mktemp("signals")
    frames = write_signals(folder / "v2.1", fridays(WEEKS), row_group_size=17)
    summary = land(folder / "v2.1", folder / "landing")
    return folder / "v2.1", frames, folder / "landing", summary


@pytest.fixture(scope="module")
def classic(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classic")
    frames = write_classic(folder / "v5.0", 3)
    summary = land(folder / "v5.0", folder / "landing", "classic")
    return folder / "v5.0", frames, folder / "landing", summary


def test_eras_become_rounds_of_validation_numbered_by_their_day(signals):
    *_, landing, summary = signals
    rounds = landed(landing, "rounds")
    assert list(rounds["round_number"]) == [number(day) for day in fridays(WEEKS)]
    assert set(rounds["tournament"]) == {"signals"} and set(rounds["kind"]) == {"validation"}
    opened = rounds["open_at"].dt.tz_convert("UTC")
    assert list(opened.dt.strftime("%a %H:%M")) == ["Sat 13:00"] * WEEKS
    closed = rounds["close_at"].dt.tz_convert("UTC")
    assert list(closed.dt.strftime("%a %H:%M")) == ["Mon 14:00"] * WEEKS
    assert (closed - opened < pd.Timedelta(days=3)).all()
    assert (summary.rounds_added, summary.uploads_added) == (WEEKS, WEEKS)
    assert (summary.passed_over, summary.notes) == ([], [])


def test_a_universe_has_identifiers_labels_and_the_weights_of_another_file(signals):
    _, frames, landing, _ = signals
    found = landed(landing, "universe")
    data = frames[""].assign(round_number=frames[""]["date"].str.replace("-", "").astype(int))
    expected = data.merge(frames["_sample_weights"], on=["numerai_ticker", "date"])
    expected = expected.sort_values(["round_number", "numerai_ticker"], ignore_index=True)
    assert list(found["stock_id"]) == list(expected["numerai_ticker"])
    columns = ["numerai_ticker", "composite_figi", "bloomberg_ticker", "country", "sector"]
    pd.testing.assert_frame_equal(found[columns], expected[columns], check_dtype=False)
    np.testing.assert_array_equal(found["sample_weight"], expected["sample_weight"])


def test_features_become_factors_and_standard_ones_have_the_names_of_the_rules(signals):
    _, frames, landing, _ = signals
    found = landed(landing, "factors").set_index(["round_number", "stock_id"])
    data = frames[""].assign(round_number=frames[""]["date"].str.replace("-", "").astype(int))
    data = data.set_index(["round_number", "numerai_ticker"]).sort_index()
    names = {f"feature_{n}_factor": name for name, n in STANDARD.items()}
    assert {names.get(c, c) for c in SIGNALS_FEATURES} <= set(found)
    for column in SIGNALS_FEATURES:
        np.testing.assert_array_equal(found[names.get(column, column)], data[column])
    dummies = {"country_us", "country_jp", "sector_energy", "sector_utilities", "sector_unknown"}
    assert {c for c in found if c.startswith(("country_", "sector_"))} == dummies
    np.testing.assert_array_equal(found["country_jp"], data["country"] == "JP")
    assert "feature_exchange_code" not in found


def test_missing_features_have_their_eras_median_and_are_counted(tmp_path):
    frames = write_signals(tmp_path / "v2.1", fridays(2))
    data, column = frames[""].copy(), SIGNALS_FEATURES[0]
    data.loc[[0, 1, 13], column] = np.nan
    data.loc[:11, SIGNALS_FEATURES[-1]] = np.nan  # none in the first era
    data.to_parquet(tmp_path / "v2.1" / "validation.parquet", index=False)
    summary = land(tmp_path / "v2.1", tmp_path / "landing")
    first = landed(tmp_path / "landing", "factors", f"round_number = {number(fridays(1)[0])}")
    assert first[SIGNALS_FEATURES[-1]].isna().all()  # left out of the round's file
    median = float(data.loc[2:11, column].astype(float).median())
    filled = first.set_index("stock_id")[column].loc[data.loc[[0, 1], "numerai_ticker"]]
    assert (filled == median).all()
    assert summary.notes == ["3 missing cells of factors have their era's median"]


def test_neutralizers_are_orthonormal_under_the_landed_weights(signals):
    *_, landing, _ = signals
    for day in fridays(WEEKS):
        where = f"round_number = {number(day)}"
        basis = landed(landing, "neutralizers", where).set_index("stock_id")
        weights = landed(landing, "universe", where).set_index("stock_id")["sample_weight"]
        n = basis.drop(columns="round_number").to_numpy()
        gram = n.T @ (weights.loc[basis.index].to_numpy()[:, None] * n)
        np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_targets_are_whole_and_known_two_weekdays_after_their_last_return_day(signals):
    _, frames, landing, _ = signals
    found = landed(landing, "targets")
    columns = {"raw_return_20", "factor_neutral_20", "factor_feat_neutral_20", "chili_60"}
    assert set(found["target"]) == columns
    assert (found["score_day"] == found["target"].str[-2:].astype(int)).all()
    known = found["known_at"].dt.tz_convert("UTC").dt.date
    weekdays = np.busday_count(
        pd.to_datetime(found["round_number"].astype(str)).dt.date.to_numpy("datetime64[D]"),
        known.to_numpy("datetime64[D]"),
    )
    assert (weekdays == found["score_day"] + 4).all()  # a lag of two, and two until data arrives
    data = frames[""].sort_values(["date", "numerai_ticker"])
    of_target = found[found["target"] == "chili_60"].sort_values(["round_number", "stock_id"])
    np.testing.assert_array_equal(of_target["value"], data["target_chili_60"])


def test_a_target_that_few_stocks_have_is_left_out_and_lands_when_it_is_whole(tmp_path):
    frames = write_signals(tmp_path / "v2.1", fridays(2))
    data = frames[""].copy()
    data.loc[:5, "target_chili_60"] = np.nan
    data.to_parquet(tmp_path / "v2.1" / "validation.parquet", index=False)
    summary = land(tmp_path / "v2.1", tmp_path / "landing")
    assert summary.notes == [
        "target chili_60 is left out of 1 eras: fewer than 80 % of the stocks have it"
    ]
    before = listed(tmp_path / "landing")
    frames[""].to_parquet(tmp_path / "v2.1" / "validation.parquet", index=False)
    summary = land(tmp_path / "v2.1", tmp_path / "landing")
    assert (summary.rounds_added, summary.rounds_completed, summary.rounds_known) == (0, 1, 1)
    after = listed(tmp_path / "landing")
    assert {path.name for path in after.keys() - before} == {"20260102_chili_60.parquet"}
    assert before.items() <= after.items()  # nothing else is touched


def test_the_same_command_again_touches_nothing(signals, classic):
    for name, (folder, _, landing, first) in {"signals": signals, "classic": classic}.items():
        before = listed(landing)
        summary = land(folder, landing, name)
        assert (summary.rounds_added, summary.uploads_added) == (0, 0)
        assert summary.rounds_known == first.rounds_added
        assert listed(landing) == before


def test_a_killed_run_said_again_ends_in_the_landing_of_one_run(signals, tmp_path, monkeypatch):
    folder, _, landing, _ = signals
    monkeypatch.setattr(ingest_run, "ERAS_AT_ONCE", 2)
    written = []

    def dying(landing, table, name, rows, write=ingest_run.write_landed):
        if len(written) == 21:  # within the second half
            raise KeyboardInterrupt
        written.append(write(landing, table, name, rows))
        return written[-1]

    with monkeypatch.context() as patched:
        patched.setattr(ingest_run, "write_landed", dying)
        with pytest.raises(KeyboardInterrupt):
            land(folder, tmp_path)
    assert len(landed(tmp_path, "rounds")) == 2
    assert len(landed(tmp_path, "universe").round_number.unique()) == 2  # of the others nothing
    assert land(folder, tmp_path).rounds_added == 2
    for table in (*TABLES, "rounds", "models"):
        pd.testing.assert_frame_equal(landed(tmp_path, table), landed(landing, table))


def test_rows_in_any_order_land_alike(signals, tmp_path):
    _, frames, landing, _ = signals
    for end, frame in frames.items():
        mixed = frame.sample(frac=1, random_state=3)
        mixed.to_parquet(tmp_path / f"validation{end}.parquet", index=False, row_group_size=7)
    land(tmp_path, tmp_path / "landing")
    for table in TABLES:
        found = landed(tmp_path / "landing", table)
        pd.testing.assert_frame_equal(found, landed(landing, table))


def test_of_daily_eras_the_last_of_each_week_is_landed_unless_daily_is_asked(tmp_path):
    days = [fridays(1)[0] + timedelta(n) for n in (-1, 0, 3, 4, 5)]  # Thursday … Wednesday
    write_signals(tmp_path / "v2.1", days)
    land(tmp_path / "v2.1", tmp_path / "weekly")
    assert list(landed(tmp_path / "weekly", "rounds")["round_number"]) == [20260102]  # so far
    land(tmp_path / "v2.1", tmp_path / "daily", cadence="daily")
    rounds = landed(tmp_path / "daily", "rounds")
    assert list(rounds["round_number"]) == [number(day) for day in days]
    closed = rounds["close_at"].dt.tz_convert("UTC").dt.strftime("%a %H:%M")
    assert list(closed) == ["Fri 15:00", "Mon 14:00", "Tue 15:00", "Wed 15:00", "Thu 15:00"]


def test_eras_are_chosen_by_number_and_bounds_and_may_be_played_live(tmp_path):
    days = fridays(5)
    write_signals(tmp_path / "v2.1", days)
    land(tmp_path / "v2.1", tmp_path / "two", eras=2)
    assert list(landed(tmp_path / "two", "rounds")["era_date"].dt.date) == days[-2:]
    land(tmp_path / "v2.1", tmp_path / "some", era_from=days[1], era_to=days[3], live_from=days[2])
    kinds = landed(tmp_path / "some", "rounds").set_index("era_date")["kind"]
    assert list(kinds.index.date) == days[1:4]
    assert list(kinds) == ["validation", "live", "live"]


def test_eras_without_a_target_wait_unless_they_are_asked_for(tmp_path):
    frames = write_signals(tmp_path / "v2.1", fridays(3))
    data = frames[""].copy()
    targets = [column for column in data if column.startswith("target")]
    data.loc[data["date"] == "2026-01-16", targets] = np.nan
    data.to_parquet(tmp_path / "v2.1" / "validation.parquet", index=False)
    land(tmp_path / "v2.1", tmp_path / "default")
    assert len(landed(tmp_path / "default", "rounds")) == 2
    land(tmp_path / "v2.1", tmp_path / "asked", era_from=fridays(1)[0])
    assert len(landed(tmp_path / "asked", "rounds")) == 3


def test_the_live_file_becomes_an_open_round_with_the_number_that_is_said(tmp_path):
    write_signals(tmp_path / "v2.1", fridays(2))
    live = date(2026, 6, 10)
    write_signals(tmp_path / "v2.1", [live], group="live")
    land(tmp_path / "v2.1", tmp_path / "landing", round_number=1190)
    rounds = landed(tmp_path / "landing", "rounds").set_index("round_number")
    assert rounds.loc[1190, "kind"] == "live"
    assert rounds.loc[1190, "era_date"].date() == live
    universe = landed(tmp_path / "landing", "universe", "round_number = 1190")
    assert set(universe["sample_weight"]) == {1.0}  # the organiser publishes none
    assert not len(landed(tmp_path / "landing", "neutralizers", "round_number = 1190"))
    assert not len(landed(tmp_path / "landing", "targets", "round_number = 1190"))
    uploads = landed(tmp_path / "landing", "submissions", "round_number = 1190")
    assert set(uploads["model_id"]) == {"numerai_example"}


def test_neutralizers_and_weights_of_the_live_round_are_used_where_there_are_some(tmp_path):
    live = date(2026, 6, 10)
    write_signals(tmp_path / "v2.1", [live], group="validation")
    for path in (tmp_path / "v2.1").iterdir():
        path.rename(path.with_name(path.name.replace("validation", "live")))
    write_signals(tmp_path / "v2.1", fridays(1))
    land(tmp_path / "v2.1", tmp_path / "landing", round_number=1190)
    where = "round_number = 1190"
    weights = landed(tmp_path / "landing", "universe", where)["sample_weight"]
    assert weights.nunique() > 1
    assert len(landed(tmp_path / "landing", "neutralizers", where)) == len(weights)


def test_train_is_landed_when_asked(tmp_path):
    write_signals(tmp_path / "v2.1", fridays(4)[2:])
    write_signals(tmp_path / "v2.1", fridays(2), group="train")
    summary = land(tmp_path / "v2.1", tmp_path / "without")
    assert "train.parquet: --train lands it too" in summary.passed_over
    assert len(landed(tmp_path / "without", "rounds")) == 2
    land(tmp_path / "v2.1", tmp_path / "with", has_train=True)
    assert len(landed(tmp_path / "with", "rounds")) == 4


def test_examples_are_uploads_of_a_model_that_is_marked(signals):
    _, frames, landing, _ = signals
    found = landed(landing, "submissions")
    assert set(found["id_type"]) == {"numerai_ticker"}
    expected = frames["_example_preds"].sort_values(["date", "numerai_ticker"])
    found = found.sort_values(["round_number", "id"])
    np.testing.assert_array_equal(found["signal"], expected["signal"])
    opened = landed(landing, "rounds").set_index("round_number")["open_at"]
    assert (found["submitted_at"] == found["round_number"].map(opened)).all()
    models = landed(landing, "models").set_index("model_id")
    assert models.loc["numerai_example", ["account_id", "is_example", "is_benchmark"]].tolist() == [
        *("numerai", True, False),
    ]


def test_predictions_of_ones_own_are_uploads_of_the_model_the_file_is_named_for(signals, tmp_path):
    folder, frames, *_ = signals
    mine = frames["_example_preds"].assign(signal=lambda f: 1 - f["signal"])
    mine.to_csv(tmp_path / "alice.csv", index=False)
    land(folder, tmp_path / "landing", predictions=(tmp_path / "alice.csv",))
    found = landed(tmp_path / "landing", "submissions", "model_id = 'alice'")
    expected = mine.sort_values(["date", "numerai_ticker"])
    found = found.sort_values(["round_number", "id"])
    np.testing.assert_allclose(found["signal"], expected["signal"], rtol=0, atol=1e-15)
    models = landed(tmp_path / "landing", "models").set_index("model_id")
    assert models.loc["alice", "account_id"] == "own"
    assert not models.loc["alice", ["is_example", "is_benchmark"]].any()
    (tmp_path / "bob.csv").write_text((tmp_path / "alice.csv").read_text())  # a later one
    both = (tmp_path / "alice.csv", tmp_path / "bob.csv")
    summary = land(folder, tmp_path / "landing", predictions=both)
    assert (summary.uploads_added, summary.rounds_completed) == (WEEKS, WEEKS)


def test_predictions_of_other_eras_are_told_of(signals, tmp_path):
    _, frames, *_ = signals
    mine = frames["_example_preds"].assign(date="2020-01-03")
    mine.to_parquet(tmp_path / "alice.parquet", index=False)
    summary = land(signals[0], tmp_path / "landing", predictions=(tmp_path / "alice.parquet",))
    assert summary.notes == ["alice.parquet: none of its rows is of an era that is asked for"]
    assert set(landed(tmp_path / "landing", "models")["model_id"]) == {"numerai_example"}


def test_classic_eras_have_their_fridays_and_the_small_set_of_features(classic):
    _, frames, landing, summary = classic
    rounds = landed(landing, "rounds")
    days = [ERA_ONE + timedelta(7 * (FIRST_ERA - 1 + n)) for n in range(3)]
    assert list(rounds["era_date"].dt.date) == days
    assert set(rounds["tournament"]) == {"classic"}
    factors = landed(landing, "factors").set_index("stock_id").drop(columns="round_number")
    names = [f"feature_{n:04d}_nonlinear" for n in range(42)]
    assert list(factors) == names
    expected = frames[""].sort_index()[names]
    pd.testing.assert_frame_equal(factors.sort_index(), expected, check_names=False)
    assert (factors.dtypes == np.int8).all()  # as small as it came
    assert summary.notes == ["validation.parquet has no column for nomi_20, jerome_60"]
    universe = landed(landing, "universe")
    assert set(universe["sample_weight"]) == {1.0}
    assert list(universe["stock_id"]) == list(expected.index)
    assert summary.passed_over == []


@pytest.mark.parametrize(("features", "count"), [("medium", 780), ("all", CLASSIC_FEATURES)])
def test_a_feature_set_is_chosen_by_its_name(classic, tmp_path, features, count):
    land(classic[0], tmp_path, "classic", features=features, eras=1)
    assert landed(tmp_path, "factors").shape[1] == 2 + count


@pytest.mark.parametrize("name", ["signals", "classic"])
def test_the_targets_of_a_shape_are_those_that_its_rules_score(name):
    seeds = Path(__file__).parents[2] / "seeds" / "rules"
    scores = pd.read_csv(seeds / "score_definitions.csv").query("tournament == @name")
    days = pd.read_csv(seeds / "target_definitions.csv").query("tournament == @name")
    days = days.set_index("target")["final_score_day"].to_dict()
    (rule,) = [rule for rule in shape(name).files if rule.universe is not None]
    assert {target: days[target] for target in rule.targets} == {
        target: rule.days for target, rule in rule.targets.items()
    }
    unpublished = {"none", "return_20"}  # total returns are not in the organiser's files
    assert set(scores["target"]) - unpublished == set(rule.targets)


def test_classic_targets_are_found_under_their_newer_names_or_as_asked(classic, tmp_path):
    folder, frames, landing, _ = classic
    found = landed(landing, "targets")
    assert set(found["target"]) == {"cyrus_20"}
    expected = frames[""].sort_index()["target_cyrusd_20"]
    np.testing.assert_array_equal(found.sort_values("stock_id")["value"], expected)
    asked = {"cyrus_20": "target_ender_20", "jerome_60": "target_jeremy_60"}
    land(folder, tmp_path, "classic", targets=asked)
    found = landed(tmp_path, "targets")
    assert set(found["target"]) == {"cyrus_20", "jerome_60"}
    of_cyrus = found[found["target"] == "cyrus_20"].sort_values("stock_id")
    np.testing.assert_array_equal(of_cyrus["value"], frames[""].sort_index()["target_ender_20"])


def test_classic_predictions_without_eras_find_them_by_id(classic):
    _, frames, landing, summary = classic
    found = landed(landing, "submissions").set_index("id")
    assert set(found["model_id"]) == {"numerai_example", "numerai_meta_model", *BENCHMARKS}
    assert summary.uploads_added == 3 * 5
    example = found[found["model_id"] == "numerai_example"]
    eras = frames[""]["era"].astype(int).loc[example.index]
    days = [ERA_ONE + timedelta(7 * (era - 1)) for era in eras]
    assert list(example["round_number"]) == [number(day) for day in days]
    expected = frames["_example_preds"].loc[example.index, "prediction"]
    np.testing.assert_array_equal(example["signal"], expected)
    models = landed(landing, "models").set_index("model_id")
    assert set(models.index[models["is_benchmark"]]) == set(BENCHMARKS)
    assert set(models.index[models["is_example"]]) == {"numerai_example", "numerai_meta_model"}


def test_the_classic_live_file_needs_its_era(tmp_path):
    write_classic(tmp_path / "v5.0", 1)
    write_classic(tmp_path / "v5.0", 1, group="live")
    summary = land(tmp_path / "v5.0", tmp_path / "without", "classic")
    assert summary.passed_over == ["live.parquet: its era has no date; say it with --era-date"]
    said = {"era_date": date(2026, 6, 10), "round_number": 1190}
    land(tmp_path / "v5.0", tmp_path / "with", "classic", **said)
    rounds = landed(tmp_path / "with", "rounds").set_index("round_number")
    assert rounds.loc[1190, "era_date"].date() == date(2026, 6, 10)
    uploads = landed(tmp_path / "with", "submissions", "round_number = 1190")
    assert set(uploads["model_id"]) == {"numerai_example", *BENCHMARKS}


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def without(column):
    def drop(path):
        pd.read_parquet(path).drop(columns=column).to_parquet(path, index=False)

    return drop


def with_date(text):
    def change(path):
        frame = pd.read_parquet(path)
        frame.loc[3, "date"] = text
        frame.to_parquet(path, index=False)

    return change


@pytest.mark.parametrize(
    ("name", "change", "cause"),
    [
        ("validation", cut, "validation.parquet cannot be read as Parquet, it may be cut short"),
        ("validation_neutralizer", cut, "validation_neutralizer.parquet cannot be read as Parquet"),
        ("validation_example_preds", cut, "validation_example_preds.parquet cannot be read"),
        (
            "validation",
            without("numerai_ticker"),
            "validation.parquet has no column numerai_ticker",
        ),
        ("validation", without("date"), "validation.parquet has no column date or friday_date"),
        ("validation_neutralizer", without("date"), "validation_neutralizer.parquet has no column"),
        ("validation_sample_weights", without("sample_weight"), "has no column sample_weight or"),
        ("validation_example_preds", without("signal"), "has no column signal or prediction"),
        ("validation_example_preds", without("date"), "is a stock of several eras: say the era"),
        ("validation", with_date("soon"), "validation.parquet: date 'soon' is not a day"),
        ("validation", with_date(None), "validation.parquet has rows without date: fill it"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_wrong_file_is_one_line_that_names_it_and_nothing_is_landed(
    tmp_path, name, change, cause
):
    write_signals(tmp_path / "v2.1", fridays(2))
    change(tmp_path / "v2.1" / f"{name}.parquet")
    with pytest.raises(LandingError, match=cause) as refused:
        land(tmp_path / "v2.1", tmp_path / "landing")
    assert "\n" not in str(refused.value)
    assert listed(tmp_path / "landing") == {}


def test_damage_inside_a_file_leaves_nothing_of_the_eras_it_is_in(tmp_path):
    write_signals(tmp_path / "v2.1", fridays(2))
    path = tmp_path / "v2.1" / "validation_neutralizer.parquet"
    content = bytearray(path.read_bytes())
    content[200:700] = b"\0" * 500  # its footer is whole
    path.write_bytes(content)
    with pytest.raises(LandingError, match=r"validation_neutralizer\.parquet") as refused:
        land(tmp_path / "v2.1", tmp_path / "landing")
    assert "\n" not in str(refused.value)
    assert listed(tmp_path / "landing") == {}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_damage_it_is_one_line_or_nothing_happened(signals, tmp_path, seed):
    folder, *_ = signals
    rng = np.random.default_rng(seed)
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    damaged = sorted(tmp_path.iterdir())[rng.integers(4)]
    content = bytearray(damaged.read_bytes())
    if seed % 2:
        content = content[: rng.integers(len(content))]
    else:
        place = len(content) - rng.integers(8, 4000)  # most of it in the footer
        content[place] = rng.integers(256)
    damaged.write_bytes(content)
    try:
        assert land(tmp_path, tmp_path / "landing").rounds_added == WEEKS
    except LandingError as refused:
        assert damaged.name in str(refused) and "\n" not in str(refused)
        assert listed(tmp_path / "landing") == {}


def test_a_folder_of_the_other_tournament_or_of_neither_is_told_so(tmp_path, signals, classic):
    with pytest.raises(LandingError, match="has no column numerai_ticker: it has era, data_type"):
        land(classic[0], tmp_path, "signals")
    with pytest.raises(LandingError, match=r"has no features\.json, which says the feature sets"):
        land(signals[0], tmp_path, "classic")
    with pytest.raises(LandingError, match="has no column id: it has numerai_ticker, date"):
        land(signals[0], tmp_path, "classic", features="all")
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(LandingError, match=r"has no train\.parquet or .* it holds notes\.txt"):
        land(tmp_path, tmp_path / "landing")
    with pytest.raises(LandingError, match="there is no folder"):
        land(tmp_path / "nowhere", tmp_path / "landing")
    with pytest.raises(LandingError, match="no feature set 'tiny': one of small, medium, all"):
        land(classic[0], tmp_path, "classic", features="tiny")


def test_a_damaged_landing_is_named_and_odd_folder_names_are_read(tmp_path):
    write_signals(tmp_path / "it's [v2]*", fridays(2))
    assert land(tmp_path / "it's [v2]*", tmp_path / "landing").rounds_added == 2
    (tmp_path / "landing" / "rounds" / "20260102.parquet").write_bytes(b"PAR1")
    with pytest.raises(
        LandingError, match=r"20260102\.parquet cannot be read: replace or remove it"
    ):
        land(tmp_path / "it's [v2]*", tmp_path / "landing")


def test_one_era_in_two_files_and_a_round_that_is_another_are_refused(tmp_path, signals, classic):
    write_signals(tmp_path / "v2.1", fridays(2))
    write_signals(tmp_path / "v2.1", fridays(1), group="train")
    with pytest.raises(LandingError, match=r"of train\.parquet and .* of validation\.parquet"):
        land(tmp_path / "v2.1", tmp_path / "landing", has_train=True)
    with pytest.raises(LandingError, match="is another round than the live one of signals"):
        land(signals[0], signals[2], live_from=fridays(1)[0])
    with pytest.raises(
        LandingError, match="none of the eras is asked for: the files hold eras from"
    ):
        land(signals[0], tmp_path / "landing", era_from=date(2030, 1, 1))
