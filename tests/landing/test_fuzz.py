"""Drawn files and rules: whatever they hold, they are landed, refused or named, in one line."""

import csv
import io
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hostile_files import hostile_file
from test_door import COLUMNS, IN_TIME, everything_below, land, landed, landing_with_rounds

from kardashev.errors import RefusedFileError, RuleError
from kardashev.landing.door import Door
from kardashev.warehouse.rules import check_rules

PROJECT = Path(__file__).parents[2]
ID, SIGNAL = pa.string(), pa.float64()
HEADERS = (
    {"ticker": ID, "signal": SIGNAL},
    {"id": ID, "prediction": SIGNAL},
    {"cusip": ID, "probability": SIGNAL, "date": pa.date32()},
    {"numerai_ticker": ID, "signal": SIGNAL, "friday_date": pa.int32(), "data_type": ID},
    {"filename": ID, "signal": SIGNAL},
    {'o"dd': ID, "signal": SIGNAL},
    {"Ticker ": ID, "SIGNAL": SIGNAL},
    {"ticker": ID, "id": ID, "signal": SIGNAL},
)
SEED_CELLS = (
    "",
    " ",
    "-1",
    "0",
    "nan",
    "inf",
    "1e400",
    "x",
    "true",
    "2026-13-01",
    "0x1",
    "1,5",
    "é",
    "a+b+",
)


@pytest.mark.parametrize(
    "files", [range(2_000), pytest.param(range(2_000, 20_000), marks=pytest.mark.long)]
)
def test_any_file_at_the_door_is_landed_well_formed_or_refused_in_one_line(tmp_path, files):
    door = Door(landing_with_rounds(tmp_path))
    outcomes = {"landed": 0, "refused": 0}
    for number in files:
        rng = np.random.default_rng([17, number])
        content = hostile_file(rng, HEADERS[rng.integers(len(HEADERS))])
        try:
            receipt = land(door, content, received_at=IN_TIME)
        except RefusedFileError as refusal:
            assert str(refusal).isprintable(), number
            assert not [path for path in everything_below(door.landing) if path.is_file()], number
            outcomes["refused"] += 1
            continue
        table = landed(receipt)
        receipt.path.unlink()
        table.validate(full=True)
        assert table.column_names == COLUMNS, number
        assert table.num_rows == receipt.rows > 0, number
        outcomes["landed"] += 1
    assert min(outcomes.values()) > len(files) / 50, outcomes


@pytest.fixture
def project(tmp_path):
    for name in ("models", "python_models"):
        (tmp_path / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "seeds", tmp_path / "seeds")
    return tmp_path


@pytest.mark.parametrize("edits", [range(8), pytest.param(range(8, 100), marks=pytest.mark.long)])
def test_every_rule_seed_with_a_drawn_cell_passes_or_is_named_by_file_line_and_column(
    project, edits
):
    named = 0
    for path in sorted((project / "seeds" / "rules").glob("*.csv")):
        before = path.read_text()
        rows = list(csv.reader(before.splitlines()))
        for number in edits:
            rng = np.random.default_rng([18, number, len(path.stem), len(before)])
            line, column = rng.integers(1, len(rows)), rng.integers(len(rows[0]))
            edited = [list(row) for row in rows]
            edited[line][column] = SEED_CELLS[rng.integers(len(SEED_CELLS))]
            written = io.StringIO()
            csv.writer(written, lineterminator="\n").writerows(edited)
            path.write_text(written.getvalue())
            try:
                check_rules(project)
            except RuleError as error:
                lines = str(error).splitlines()
                assert all(
                    text.startswith("seeds/rules/") and text.isprintable() for text in lines
                ), lines
                named += 1
        path.write_text(before)
    check_rules(project)
    assert named > len(edits)
