"""Files of any shape land as their mapping says; a mapping that means nothing is told fault by fault."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from numerai_files import fridays, orthonormal
from test_ingest import landed, listed, number

from kardashev import cli
from kardashev.errors import LandingError, MappingError
from kardashev.landing.ingest import Choices, ingest, read_mapping
from kardashev.landing.ingest.mapping import FILE_KEYS, SHAPES, shape

STOCKS = 15
CROWDCENT = """
tournament: house
era: date
files:
  - pattern: training_data.parquet
    stock: id
    universe: {}
    factors: {"*": feature_*_lag0}
    targets:
      factor_neutral_20: {column: target_10d, days: 20, is_binned: true}
  - pattern: inference_*.parquet
    group: live
    era_in_name: inference_([0-9-]+)
    stock: id
    universe: {}
    factors: {"*": feature_*_lag0}
  - pattern: predictions_*.parquet
    group: live
    era_in_name: predictions_([0-9-]+)
    stock: id
    submissions: {mine_10d: pred_10d, mine_30d: pred_30d}
    account: mine
"""
FUND = """
tournament: house
kind: live
id_type: ticker
era: {column: as_of}
files:
  - pattern: universe.csv
    stock: symbol
    universe: {sample_weight: capacity, country: country, sector: gics}
    has_dummies: true
  - pattern: exposures.csv
    stock: symbol
    factors: {beta: mkt_beta, size: log_cap, "*": "style_*"}
  - pattern: risk/*.parquet
    stock: symbol
    neutralizers: "*"
  - pattern: returns.csv
    stock: symbol
    targets:
      return_20: fwd_20
      raw_return_20: {column: fwd_20, is_binned: true}
  - pattern: desks/*.csv
    stock: symbol
    submissions: {"{name}": alpha}
    as_ranks: true
"""


def symbols():
    return [f"00{n:03d}" for n in range(STOCKS)]


def write_crowdcent(folder):
    """The columns of CrowdCent's hyperliquid-ranking, 80 features of them."""
    rng = np.random.default_rng(3)
    features = [f"feature_{n}_lag{lag}" for n in range(1, 21) for lag in (15, 10, 5, 0)]
    frames = []
    for day in fridays(3):
        frame = pd.DataFrame(rng.random((STOCKS, 80)), columns=features)
        frame.insert(0, "id", [f"COIN{n}" for n in range(STOCKS)])
        frame.insert(1, "eodhd_id", frame["id"] + "-USD.CC")
        frame.insert(2, "date", day)
        frames.append(frame.assign(target_10d=rng.random(STOCKS), target_30d=rng.random(STOCKS)))
    training = pd.concat(frames)
    training.to_parquet(folder / "training_data.parquet", index=False)
    inference = frames[0].drop(columns=["date", "target_10d", "target_30d"])
    inference.to_parquet(folder / "inference_2026-02-04.parquet", index=False)
    mine = inference[["id"]].assign(pred_10d=rng.random(STOCKS), pred_30d=rng.random(STOCKS))
    mine.to_parquet(folder / "predictions_2026-02-04.parquet", index=False)
    (folder / "landing.yml").write_text(CROWDCENT)
    return training, mine


def write_fund(folder):
    """A fund's own tables, CSV for the most part: a table a file, days as 20260102."""
    rng = np.random.default_rng(4)
    rows = pd.concat(
        [pd.DataFrame({"as_of": f"{day:%Y%m%d}", "symbol": symbols()}) for day in fridays(2)],
        ignore_index=True,
    )
    count, weights = len(rows), rng.random(STOCKS) + 0.5
    tables = {
        "universe": rows.assign(
            capacity=np.tile(weights, 2), country="US", gics=["Energy", ""] * STOCKS
        ),
        "exposures": rows.assign(
            mkt_beta=rng.normal(size=count), log_cap=rng.normal(size=count), style_value=1.5
        ),
        "returns": rows.assign(fwd_20=rng.normal(0, 0.1, count), comment="words"),
        "desks/macro": rows.assign(alpha=rng.normal(size=count).round(1)),
        "desks/quant": rows.assign(alpha=rng.normal(size=count).round(1)),
    }
    (folder / "desks").mkdir()
    (folder / "risk").mkdir()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, sep=";" if name == "returns" else ",")
    basis = pd.DataFrame(orthonormal(rng, weights, 4)).add_prefix("risk_")
    basis = pd.concat([rows, pd.concat([basis, basis], ignore_index=True)], axis=1)
    basis.to_parquet(folder / "risk" / "2026.parquet", index=False)
    (folder / "landing.yml").write_text(FUND)
    return tables


def land(folder, landing, **choices):
    mapping = read_mapping(folder / "landing.yml")
    return ingest(folder, landing, mapping, Choices(features="all", **choices))


def test_crowdcents_training_and_inference_become_past_eras_and_an_open_round(tmp_path):
    training, mine = write_crowdcent(tmp_path)
    summary = land(tmp_path, tmp_path / "landing")
    assert (summary.passed_over, summary.notes) == ([], [])
    rounds = landed(tmp_path / "landing", "rounds")
    assert list(rounds["round_number"]) == [*map(number, fridays(3)), 20260204]
    assert list(rounds["kind"]) == ["validation"] * 3 + ["live"]
    factors = landed(tmp_path / "landing", "factors")
    assert list(factors)[2:] == [f"feature_{n}_lag0" for n in range(1, 21)]
    targets = landed(tmp_path / "landing", "targets").set_index(["round_number", "stock_id"])
    assert set(targets["target"]) == {"factor_neutral_20"}
    raw = training.set_index([training["date"].map(number), "id"])["target_10d"]
    ranks = raw.groupby(level=0).rank() / STOCKS - 0.5 / STOCKS
    expected = np.searchsorted([0.05, 0.25, 0.75, 0.95], ranks) * 0.25
    np.testing.assert_array_equal(targets.loc[raw.index, "value"], expected)
    uploads = landed(tmp_path / "landing", "submissions").set_index(["model_id", "id"])
    for model, column in {"mine_10d": "pred_10d", "mine_30d": "pred_30d"}.items():
        np.testing.assert_array_equal(uploads.loc[model].loc[mine["id"], "signal"], mine[column])


def test_a_funds_tables_in_csv_land_each_in_its_folder(tmp_path):
    tables = write_fund(tmp_path)
    land(tmp_path, tmp_path / "landing")
    rounds = landed(tmp_path / "landing", "rounds")
    assert list(rounds["round_number"]) == [20260102, 20260109]
    assert set(rounds["kind"]) == {"live"}
    key = [tables["universe"]["as_of"].astype(int), tables["universe"]["symbol"]]
    universe = landed(tmp_path / "landing", "universe").set_index(["round_number", "stock_id"])
    universe = universe.loc[list(zip(*key, strict=True))]
    np.testing.assert_array_equal(universe["sample_weight"], tables["universe"]["capacity"])
    assert list(universe["ticker"]) == list(tables["universe"]["symbol"])  # zeros in front and all
    assert universe["sector"].isna().sum() == STOCKS
    factors = landed(tmp_path / "landing", "factors")
    by_stock = factors.groupby(["round_number", "stock_id"]).first().loc[universe.index]
    np.testing.assert_allclose(by_stock["beta"], tables["exposures"]["mkt_beta"], atol=1e-15)
    np.testing.assert_allclose(by_stock["size"], tables["exposures"]["log_cap"], atol=1e-15)
    assert set(by_stock["style_value"]) == {1.5}
    assert {"country_us", "sector_energy", "sector_unknown"} <= set(by_stock)
    targets = landed(tmp_path / "landing", "targets", "target = 'return_20'")
    targets = targets.set_index(["round_number", "stock_id"]).loc[universe.index]
    np.testing.assert_allclose(targets["value"], tables["returns"]["fwd_20"], atol=1e-15)
    binned = landed(tmp_path / "landing", "targets", "target = 'raw_return_20'")
    assert set(binned["value"]) <= {0, 0.25, 0.5, 0.75, 1}
    assert landed(tmp_path / "landing", "neutralizers").shape == (2 * STOCKS, 2 + 4)
    uploads = landed(tmp_path / "landing", "submissions")
    assert set(uploads["model_id"]) == {"macro", "quant"} and set(uploads["id_type"]) == {"ticker"}
    of_macro = uploads[uploads["model_id"] == "macro"].set_index(["round_number", "id"])
    raw = tables["desks/macro"].set_index([*key])["alpha"]
    ranks = raw.groupby(level=0).rank() / STOCKS - 0.5 / STOCKS  # of any numbers, between 0 and 1
    np.testing.assert_allclose(of_macro.loc[ranks.index, "signal"], ranks, rtol=0, atol=1e-15)
    before = listed(tmp_path / "landing")
    assert land(tmp_path, tmp_path / "landing").rounds_known == 2
    assert listed(tmp_path / "landing") == before


def test_csv_files_of_alike_and_odd_names_keep_their_own_rows(tmp_path):
    """One below a folder, and one whose name has that folder's; a folder whose name ends a text in SQL."""
    rows = write_fund(tmp_path)["desks/macro"]
    alphas = {"old/z": rows["alpha"], "old_z": -rows["alpha"], "o'hara/q": rows["alpha"] * 2}
    for name, alpha in alphas.items():
        (tmp_path / "desks" / name).parent.mkdir(exist_ok=True)
        rows.assign(alpha=alpha).to_csv(tmp_path / "desks" / f"{name}.csv", index=False)
    land(tmp_path, tmp_path / "landing")
    uploads = landed(tmp_path / "landing", "submissions").set_index(["round_number", "id"])
    signals = {model: of_model["signal"] for model, of_model in uploads.groupby("model_id")}
    order = signals["macro"].index
    for model, sign in (("z", 1), ("old_z", -1), ("q", 1)):
        found = sign * (signals[model].loc[order] - 0.5)
        np.testing.assert_allclose(found, signals["macro"] - 0.5, rtol=0, atol=1e-15)
    registered = set(landed(tmp_path / "landing", "models")["model_id"])
    assert registered == {"macro", "quant", "z", "old_z", "q"}


@pytest.mark.parametrize(
    ("name", "change", "cause"),
    [
        ("universe", ("0.", "x."), "universe.csv: capacity 'x"),
        ("exposures", ("mkt_beta", "beta"), None),  # said, and the rest is landed
        ("exposures", ("symbol", "isin"), "exposures.csv has no column symbol: it has as_of, isin"),
        (
            "exposures",
            ("1.5\n", "1.5,1.5\n"),
            "exposures.csv: line 2 has other cells than the header",
        ),
        ("desks/macro", ("alpha", "words"), "desks/macro.csv has no column alpha"),
        ("returns", ("20260102", "02.01.2026"), "returns.csv: as_of '02.01.2026' is not a day"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_csv_file_that_is_wrong_is_one_line_that_names_it(tmp_path, name, change, cause):
    write_fund(tmp_path)
    path = tmp_path / f"{name}.csv"
    path.write_text(path.read_text().replace(*change))
    if cause is None:
        assert land(tmp_path, tmp_path / "landing").notes == [
            "exposures.csv has no column for beta"
        ]
        return
    with pytest.raises(LandingError) as refused:
        land(tmp_path, tmp_path / "landing")
    assert cause in str(refused.value) and "\n" not in str(refused.value)
    assert listed(tmp_path / "landing") == {}


def changed(**keys):
    document = yaml.safe_load(FUND)
    document |= keys
    return {key: value for key, value in document.items() if value is not None}


def file_with(**keys):
    base = {"pattern": "a.csv", "stock": "symbol", "universe": {}}
    return changed(files=[{k: v for k, v in (base | keys).items() if v is not None}])


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (changed(tournament=None), "tournament: name whose rules apply, as house"),
        (changed(kind="past"), "kind: 'past' is neither live nor validation"),
        (changed(files=None), "files: list at least one file, with its pattern"),
        (changed(colour="red"), "the file: 'colour' is none of tournament, kind, groups"),
        (changed(id_type="isin"), "id_type: 'isin' is none of numerai_ticker"),
        (changed(era=None), "era: say which column has a row's era, as {column: date}"),
        (changed(era={"column": "n", "first": "soon"}), "era: first: 'soon' is not a day"),
        (changed(era={"column": "n", "days": 0}), "era: days: 0 is no number of days"),
        (file_with(pattern=None), "files, number 1: there is no `pattern`"),
        (file_with(stock=None), "files, number 1: there is no `stock`"),
        (file_with(universe=None, weights="w"), "none has `universe`: one says which stocks"),
        (file_with(universe=None), "files, number 1: say what it holds: one of universe"),
        (file_with(universe={"beta": "b"}), "universe: 'beta' is none of sample_weight, country"),
        (file_with(targets={"mine": "t"}), "targets: mine: its name does not end in its days"),
        (
            file_with(targets=["t"]),
            "targets: give a name and its column, as {return_20: my_column}",
        ),
        (file_with(targets={"mine_20": {"bins": 5}}), "mine_20: 'bins' is none of column, days"),
        (file_with(factors=["beta"]), "factors: give names and columns, as {beta: my_beta"),
        (file_with(factors={"beta": 3}), "factors: beta: 3 is neither a name nor a list of names"),
        (
            file_with(era_in_name="no group"),
            "era_in_name: give a pattern with one (group), the day",
        ),
        (file_with(rows=3), "files, number 1: 'rows' is none of pattern, group, stock"),
        (["a"], "the file: holds no keys: it needs tournament, kind"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_fault_of_a_mapping_is_one_line_that_names_its_place(tmp_path, document, fault):
    path = tmp_path / "landing.yml"
    path.write_text(yaml.safe_dump(document))
    with pytest.raises(MappingError) as refused:
        read_mapping(path)
    lines = str(refused.value).splitlines()
    assert any(fault in line for line in lines), lines
    assert all(line.startswith(f"{path}: ") for line in lines)


def test_all_faults_are_told_at_once_and_nothing_is_landed(tmp_path, capsys):
    text = FUND.replace("kind: live", "kind: past").replace("stock: symbol", "stok: symbol", 1)
    (tmp_path / "landing.yml").write_text(text)
    argv = ["ingest", "mapped", str(tmp_path), "--landing", str(tmp_path / "landing")]
    assert cli.main(argv) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [line.partition("landing.yml: ")[2] for line in printed.err.splitlines()] == [
        "kind: 'past' is neither live nor validation",
        "files, number 1: 'stok' is none of pattern, group, stock, id_type, era, era_in_name, "
        "universe, has_dummies, weights, factors, neutralizers, targets, submissions, as_ranks, "
        "account, is_example, is_benchmark",
        "files, number 1: there is no `stock`",
    ]
    assert not (tmp_path / "landing").exists()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("files: [", "landing.yml: line 1: "),
        ("era: {column: 1", "landing.yml: line 1: "),
        (None, "landing.yml cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(tmp_path, text, fault):
    if text is not None:
        (tmp_path / "landing.yml").write_text(text)
    with pytest.raises(MappingError) as refused:
        read_mapping(tmp_path / "landing.yml")
    assert fault in str(refused.value) and "\n" not in str(refused.value)


def test_the_mappings_in_the_documentation_are_without_a_fault(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "participants.md").read_text()
    blocks = [part.partition("```")[0] for part in page.split("```yaml\n")[1:]]
    assert len(blocks) == 3
    for block in blocks:
        (tmp_path / "landing.yml").write_text(block)
        assert read_mapping(tmp_path / "landing.yml").tournament == "house"
    for key in FILE_KEYS:
        assert f"`{key}`" in page, key


def test_the_shapes_of_the_package_are_mappings_without_a_fault():
    first = {name: shape(name).files[0].era.first for name in SHAPES}
    assert first == {"signals": None, "classic": date(2003, 1, 10)}
