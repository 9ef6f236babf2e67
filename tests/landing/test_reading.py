"""What is landed is read as it is meant, or the file that cannot be used is named; none harms another."""

import gzip
import shutil

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from kardashev.landing import manifest as manifests
from kardashev.landing.listing import changed_files, touched_files
from kardashev.landing.manifest import read_files
from kardashev.landing.reader import column_scans, files_select, usable_layouts
from kardashev.landing.tables import LANDED_TABLES
from kardashev.rounds.blocks import Blocks
from kardashev.rounds.landed import LandedColumns

STAKES = b"round_number,model_id,stake_nmr\n7,anna,1.5\n"


@pytest.fixture
def connection():
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return connection


def land(landing, path, content):
    path = landing / path
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, pa.Table):
        pq.write_table(content, path)
    else:
        path.write_bytes(content)
    return path


def landing_manifest(connection, landing, manifest=None):
    """The manifest after a build: the rows that it wrote, and those of the last one that it kept."""
    touched = touched_files(connection, landing, manifest)
    fresh = read_files(connection, landing, touched, manifest)
    if manifest is None:
        return fresh
    kept = manifest.query("manifest", "from manifest anti join touched using (path)")
    return pa.concat_tables([kept.to_arrow_table().cast(fresh.schema), fresh])


def read(connection, table, *paths):
    layouts, problems = usable_layouts(connection, LANDED_TABLES[table], paths)
    assert problems == {}
    select = files_select(LANDED_TABLES[table], layouts)
    return connection.execute(select).to_arrow_table()


def problems_of(manifest):
    rows = manifest.filter(pc.is_valid(manifest["problem"])).to_pylist()
    return {row["path"]: row["problem"] for row in rows}


def submission(**columns):
    rows = {
        "round_number": pa.array([7], pa.int32()),
        "model_id": ["anna"],
        "submitted_at": pa.array([10**15], pa.timestamp("us", tz="UTC")),
        "id_type": ["ticker"],
        "id": ["A"],
        "signal": [0.5],
    }
    return pa.table(rows | columns)


UNUSABLE = {
    "stakes/truncated.parquet": (b"PAR1 and no more", "Parquet"),
    "stakes/utf16.csv": (STAKES.decode().encode("utf-16"), "UTF-16"),
    "stakes/latin.csv": (STAKES + "7,é,1\n".encode("latin-1"), "it is not UTF-8"),
    "stakes/ragged.csv": (STAKES + b"7,bob,2,3\n", "Line: 3 Original Line: 7,bob,2,3"),
    "stakes/quote.csv": (STAKES + b'7,"bob,2\n', "quote"),
    "stakes/empty.csv": (b"", "it is empty"),
    "stakes/twice.csv": (STAKES.replace(b"model_id", b"stake_NMR"), "'stake_nmr' appears twice"),
    "stakes/others.csv": (b"who,how_much\nanna,3\n", "no column round_number, model_id, stake_nmr"),
    "stakes/rounded.csv": (STAKES.replace(b"7", b"1204.6"), "as round_number '1204.6'"),
    "stakes/power.csv": (STAKES.replace(b"7", b"1e3"), "as round_number '1e3'"),
    "stakes/hexadecimal.csv": (STAKES.replace(b"7", b"0x4B6"), "as round_number '0x4B6'"),
    "stakes/float.parquet": (
        pa.table({"round_number": [7.5], "model_id": ["anna"], "stake_nmr": [1.0]}),
        "as round_number '7.5'",
    ),
    "stakes/sheet.xlsx": (b"PK", ".parquet, .pq, .csv, .csv.gz"),
    "neutralizers/keys.csv": (b"round_number,stock_id,ticker\n7,A,A\n", "each other one is a"),
    "models/maybe.csv": (b"model_id,is_benchmark\nanna,maybe\n", "as is_benchmark 'maybe'"),
    "submissions/list.parquet": (submission(submitted_at=[[1, 2]]), "as submitted_at '[1, 2]'"),
    "submissions/never.parquet": (
        submission(submitted_at=pa.array(["infinity"])),
        "as submitted_at 'infinity'",
    ),
}


def test_each_file_that_cannot_be_used_is_named_alone_and_says_why(connection, tmp_path):
    for path, (content, _) in UNUSABLE.items():
        land(tmp_path, path, content)
    (tmp_path / "stakes" / "lost.csv").symlink_to(tmp_path / "nowhere.csv")
    good = [f"stakes/{name}" for name in ("a.csv", "B.CSV", "c.pq", "d.csv.gz")]
    land(tmp_path, good[0], STAKES)
    land(tmp_path, good[1], STAKES)
    land(tmp_path, good[2], pa_csv.read_csv(pa.py_buffer(STAKES)))
    land(tmp_path, good[3], gzip.compress(STAKES))
    land(tmp_path, "submissions/good.parquet", submission())
    found = landing_manifest(connection, tmp_path)
    problems = problems_of(found)
    for path, (_, reason) in UNUSABLE.items():
        assert reason in problems.pop(path), path
    assert problems == {"stakes/lost.csv": "it is a link to nothing"}
    used = found.filter(pc.is_null(found["problem"]))
    assert sorted(used["path"].to_pylist()) == sorted([*good, "submissions/good.parquet"])
    stakes = used.filter(pc.equal(used["table_name"], "stakes"))
    assert len(set(stakes["content_hash"].to_pylist())) == 1  # whatever the format


@pytest.mark.parametrize(
    "odd", ['o"dd', "filename", "path", "unreadable_cells", "value", "o'dd", "x,y"]
)
def test_a_columns_name_is_only_a_name(connection, tmp_path, odd):
    wide = pa.table({"round_number": [7], "stock_id": ["A"], odd: [0.25]})
    path = land(tmp_path, "factors/wide.parquet", wide)
    rows = read(connection, "factors", path).to_pylist()
    assert rows == [{"round_number": 7, "stock_id": "A", "factor": odd, "value": 0.25}]
    land(
        tmp_path,
        "stakes/long.parquet",
        pa.table({"round_number": [7], "model_id": ["anna"], "stake_nmr": [1.0], odd: ["x"]}),
    )
    assert problems_of(landing_manifest(connection, tmp_path)) == {}


def test_capital_letters_of_a_columns_name_say_nothing(connection, tmp_path):
    header, row = "Round_Number,MODEL_ID,stake_nmr,Mmc_Multiplier", "7,anna,1.5,2"
    spelt = [land(tmp_path, "stakes/a.csv", f"{header}\n{row}\n".encode())]
    lower = pa_csv.read_csv(pa.py_buffer(f"{header.lower()}\n{row}\n".encode()))
    spelt.append(land(tmp_path, "stakes/b.parquet", lower.rename_columns(header.split(","))))
    spelt.append(land(tmp_path, "stakes/c.parquet", lower))
    rows = read(connection, "stakes", *spelt)
    for name, value in zip(header.lower().split(","), lower.to_pylist()[0].values(), strict=True):
        assert rows[name].to_pylist() == [value] * len(spelt)
    wide = pa.table({"round_number": [7], "stock_id": ["A"], "Ticker": ["x"], "Beta": [0.25]})
    path = land(tmp_path, "factors/a.parquet", wide)
    assert read(connection, "factors", path)["factor"].to_pylist() == ["Beta"]


def test_files_of_different_types_are_read_together(connection, tmp_path):
    """The odd one loses its own cells; read by name into one type, it would break the others."""
    odd = {"list": [[0.5]], "date": pa.array([0], pa.date32()), "text": ["0,5"], "whole": [1]}
    paths = [land(tmp_path, "submissions/good.parquet", submission())]
    for name, signal in odd.items():
        table = submission(model_id=[name], signal=signal)
        paths.append(land(tmp_path, f"submissions/{name}.parquet", table))
    signals = dict(
        zip(
            *(
                read(connection, "submissions", *paths)[c].to_pylist()
                for c in ("model_id", "signal")
            ),
            strict=True,
        )
    )
    assert signals.pop("anna") == 0.5
    assert signals.pop("whole") == 1
    assert np.isnan(list(signals.values())).all()
    found = {r["path"]: r for r in landing_manifest(connection, tmp_path).to_pylist()}
    for name in ("list", "date", "text"):
        assert found[f"submissions/{name}.parquet"]["unreadable_cells"] == 1
        assert found[f"submissions/{name}.parquet"]["unreadable_example"].startswith("signal '")
    assert found["submissions/good.parquet"]["unreadable_cells"] == 0


WIDE_CELLS = {  # of one column, as text and as typed; what they are worth
    "whole": (["1", "2"], pa.array([1, 2], pa.int64()), [1.0, 2.0]),
    "exact": (["1.50", "2.25"], pa.array([1.5, 2.25]).cast(pa.decimal128(6, 2)), [1.5, 2.25]),
    "absent": (["", ""], pa.nulls(2), [None, None]),
    "words": (["0.5", "n/a"], pa.array(["0.5", "n/a"]), [0.5, "nan"]),
    "flags": (["1", "0"], pa.array([True, False]), [1.0, 0.0]),
}


@pytest.mark.parametrize("name", WIDE_CELLS)
def test_each_column_of_a_wide_table_is_kept_whatever_its_type(connection, tmp_path, name):
    texts, typed, worth = WIDE_CELLS[name]
    lines = [f"7,{stock},x,0.5,{text}" for stock, text in zip("AB", texts, strict=True)]
    header = f"round_number,stock_id,ticker,beta,{name}"
    written = "\n".join([header, *lines]) + "\n"
    parquet = pa.table(
        {
            "round_number": [7, 7],
            "stock_id": ["A", "B"],
            "ticker": "xx",
            "beta": [0.5, 0.5],
            name: typed,
        }
        | {"ticker": ["x", "x"]}
    )
    for path, content in (("a.csv", written.encode()), ("b.parquet", parquet)):
        path = land(tmp_path, f"factors/{path}", content)
        rows = read(connection, "factors", path).sort_by([("stock_id", "ascending")])
        values = rows.filter(pc.equal(rows["factor"], name))["value"].to_pylist()
        assert ["nan" if v is not None and np.isnan(v) else v for v in values] == worth
        assert set(rows["factor"].to_pylist()) == {"beta", name}


LONG_CELLS = {  # table, column: a cell and what it is worth
    ("rounds", "payout_factor"): {"0.8": 0.8, "0,8": "nan", "80%": "nan", "": None},
    ("stakes", "mmc_multiplier"): {"2": 2.0, "2x": "nan"},
    ("rounds", "era_date"): {
        "2026-01-02": "2026-01-02",
        **dict.fromkeys(("2026-01-02 13:00", "2.1.26", "0000-12-31", "9999-12-31")),
    },
    ("rounds", "close_at"): {
        "9999-12-29 23:00:00Z": "9999-12-29 23:00:00+00:00",
        "0001-01-01": "0001-01-01 00:00:00+00:00",
        **dict.fromkeys(("9999-12-31", "0000-01-01", "infinity", "294246-12-31 00:00:00Z")),
    },
    ("rounds", "kind"): {"live": "live", "": None, "  ": None},
    ("models", "is_benchmark"): {"True": True, "0": False, "1.0": True, "2": None, "wahr": None},
}


@pytest.mark.parametrize(("table", "column"), LONG_CELLS)
def test_a_cell_that_is_not_of_its_columns_type_never_becomes_a_default(
    connection, tmp_path, table, column
):
    cells = LONG_CELLS[table, column]
    names = dict.fromkeys([*LANDED_TABLES[table].required, column])
    for place, (cell, worth) in enumerate(cells.items()):
        row = ["7" if n == "round_number" else f'"{cell}"' if n == column else "" for n in names]
        path = land(
            tmp_path, f"{table}/{place}.csv", f"{','.join(names)}\n{','.join(row)}\n".encode()
        )
        (found,) = read(connection, table, path)[column].to_pylist()
        if worth == "nan":
            assert np.isnan(found), cell
        else:
            assert (str(found) if isinstance(worth, str) else found) == worth, cell


def test_folders_named_like_columns_say_nothing(connection, tmp_path):
    path = land(tmp_path, "stakes/round_number=1203/a.csv", STAKES)
    assert read(connection, "stakes", path)["round_number"].to_pylist() == [7]


def test_linked_folders_are_landed_too_each_once(connection, tmp_path):
    land(tmp_path, "elsewhere/a.csv", STAKES)
    (tmp_path / "landing" / "stakes").mkdir(parents=True)
    link = tmp_path / "landing" / "stakes" / "more"
    link.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "round").symlink_to(tmp_path / "elsewhere")
    found = landing_manifest(connection, tmp_path / "landing")
    assert found["path"].to_pylist() == ["stakes/more/a.csv"]


def test_a_file_that_became_unusable_concerns_the_rounds_it_held_until_it_is_mended(
    connection, tmp_path
):
    path = land(tmp_path, "stakes/a.csv", STAKES + b"8,bob,2\n")
    first = landing_manifest(connection, tmp_path)
    assert set(first["round_number"].to_pylist()) == {7, 8}
    found = first
    for content in (b"PAR1", b"", STAKES.replace(b"7", b"?")):
        path.write_bytes(content)
        found = landing_manifest(connection, tmp_path, connection.from_arrow(found))
        concerned = {row["round_number"]: row["row_count"] for row in found.to_pylist()}
        assert {number: concerned[number] for number in (7, 8)} == {7: 1, 8: 1}
        assert len(problems_of(found)) == 1
    path.write_bytes(STAKES + b"8,bob,2\n")
    mended = landing_manifest(connection, tmp_path, connection.from_arrow(found))
    assert problems_of(mended) == {}
    assert mended["content_hash"].to_pylist() == first["content_hash"].to_pylist()


def test_a_file_changed_while_the_manifest_is_taken_is_not_taken(connection, tmp_path, monkeypatch):
    path = land(tmp_path, "stakes/a.csv", STAKES)
    genuine = manifests.usable_layouts

    def meanwhile(*arguments):
        path.write_bytes(STAKES.replace(b"1.5", b"2.5"))
        return genuine(*arguments)

    monkeypatch.setattr(manifests, "usable_layouts", meanwhile)
    found = landing_manifest(connection, tmp_path)
    assert problems_of(found) == {"stakes/a.csv": manifests.CHANGED_MEANWHILE}


def test_a_file_replaced_after_the_manifest_and_put_back_is_known_to_have_changed(
    connection, tmp_path
):
    """Its size, time and inode are those of before; the time of the inode's own change is not."""
    path = land(tmp_path, "stakes/a.csv", STAKES)
    land(tmp_path, "stakes/b.csv", STAKES)
    found = connection.from_arrow(landing_manifest(connection, tmp_path))
    assert changed_files(tmp_path, found)["path"].to_pylist() == []
    path.rename(tmp_path / "aside.csv")
    path.write_bytes(STAKES.replace(b"1.5", b"2.5"))
    assert changed_files(tmp_path, found)["path"].to_pylist() == ["stakes/a.csv"]
    (tmp_path / "aside.csv").replace(path)
    assert changed_files(tmp_path, found)["path"].to_pylist() == ["stakes/a.csv"]
    path.unlink()
    assert changed_files(tmp_path, found)["path"].to_pylist() == ["stakes/a.csv"]


def test_an_unchanged_landing_is_listed_and_not_read(connection, tmp_path, monkeypatch):
    land(tmp_path, "stakes/a.csv", STAKES)
    land(tmp_path, "submissions/a.parquet", submission())
    first = landing_manifest(connection, tmp_path)
    monkeypatch.setattr(manifests, "_content", None)
    again = landing_manifest(connection, tmp_path, connection.from_arrow(first))
    assert again.sort_by("path").equals(first.sort_by("path"))


def test_files_that_share_a_layout_are_read_by_one_query(connection, tmp_path, monkeypatch):
    path = land(tmp_path, "submissions/0.parquet", submission())
    for place in range(1, 50):
        shutil.copy(path, path.with_stem(str(place)))
    (tmp_path / "submissions" / "50.parquet").write_bytes(path.read_bytes()[:-1])
    calls, genuine = [], manifests._content
    monkeypatch.setattr(manifests, "_content", lambda *a: calls.append(a) or genuine(*a))
    found = landing_manifest(connection, tmp_path)
    assert len(calls) == 1
    assert list(problems_of(found)) == ["submissions/50.parquet"]


def test_columns_of_a_round_are_the_long_rows_of_its_own_files(connection, tmp_path):
    """Files of several rounds and rounds of several files; odd cells, names and stocks."""
    names = ["beta", 'o"dd', "path", "column_values"]
    both = {"round_number": [7, 7, 8, 8], "stock_id": ["A", "B", "C", "A"]}
    both |= {name: [place, None, float("inf"), -place] for place, name in enumerate(names, 1)}
    texts = b"stock_id,round_number,late\nC,7,1e3\nZ,7,0\n,7,9\nA,7,none\n"
    foreign = pa.table({"round_number": [7, 8], "stock_id": ["Y", "C"], "alien": [1.0, 2.0]})
    paths = [
        land(tmp_path, "factors/both.parquet", pa.table(both)),
        land(tmp_path, "factors/texts.csv", texts),
        land(tmp_path, "factors/foreign.parquet", foreign),
    ]
    manifest = connection.from_arrow(landing_manifest(connection, tmp_path))
    connection.from_arrow(column_scans(tmp_path, manifest)).create("scans")
    scans = connection.table("scans")
    long, stocks = read(connection, "factors", *paths).to_pandas(), ["A", "B", "C"]
    for number, count in ((7, 5), (8, 5)):
        found = LandedColumns.read(Blocks(connection), scans, number, "factors", pa.array(stocks))
        rows = long[(long["round_number"] == number) & long["stock_id"].isin(stocks)]
        expected = rows.pivot(index="stock_id", columns="factor", values="value").reindex(stocks)
        assert found.names == sorted(expected.columns)
        assert len(found.names) == count
        np.testing.assert_array_equal(found.values, expected[found.names])
        held = rows.assign(held=True).pivot(index="stock_id", columns="factor", values="held")
        np.testing.assert_array_equal(found.has_row, held.reindex(stocks)[found.names].notna())
    some = found.only(["late", "beta", "alien"])
    assert some.names == ["alien", "beta"]
    np.testing.assert_array_equal(some.values, expected[some.names])
