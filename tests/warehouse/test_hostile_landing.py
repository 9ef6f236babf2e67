"""Drawn files in every folder of a landing: each is scored, refused or named, and no other round notices."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import tournament
from harness import Warehouse, assert_same_marts
from hostile_files import hostile_file

from kardashev.landing.tables import LANDED_TABLES

HONEST = (1, 2)
IN_TIME = tournament.open_at(HONEST[0]) + tournament.DAY
VICTIM = 40  # the first of the rounds that drawn files of the operator's tables are about
COMPARED = ("fct_scores", "fct_stakes", "fct_meta_models", "fct_payouts", "fct_stability")
TYPES = {
    "varchar": pa.string(),
    "double": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", "UTC"),
}


def land_drawn_files(landing, numbers):
    """Path below the landing → table. What the door writes of a submission is as the door writes it."""
    landed = {}
    for number in numbers:
        rng = np.random.default_rng([19, number])
        table = list(LANDED_TABLES.values())[rng.integers(len(LANDED_TABLES))]
        columns = {name: TYPES[kind] for name, kind in table.required.items()}
        given = {"round_number": VICTIM + int(rng.integers(20))}
        if table.name == "submissions":
            given = {"round_number": HONEST[0], "model_id": f"stranger_{number}"}
            given |= {"submitted_at": IN_TIME.isoformat(), "id_type": "ticker"}
        if table.name == "models":
            given = {"model_id": f"stranger_{number}"}
        if table.is_wide:
            columns |= {"beta": pa.float64(), 'o"dd': pa.float64(), "filename": pa.string()}
        columns = {name: kind for name, kind in columns.items() if name not in given}
        suffix = (".parquet", ".csv", ".CSV", ".pq", ".csv.gz", ".txt")[rng.integers(6)]
        path = landing / table.name / f"drawn {number}{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(hostile_file(rng, columns, given))
        landed[str(path.relative_to(landing))] = table.name
    return landed


def of_honest_rounds(marts):
    frames = {name: marts[name] for name in COMPARED}
    return {
        name: frame[frame["round_number"].isin(HONEST)].reset_index(drop=True)
        for name, frame in frames.items()
    }


@pytest.mark.parametrize(
    "numbers",
    [
        range(500),
        *(pytest.param(range(n, n + 500), marks=pytest.mark.long) for n in range(500, 5_000, 500)),
    ],
)
def test_any_landing_is_built_but_for_what_is_named(tmp_path, numbers):
    honest = Warehouse(tmp_path / "honest", built_marts=COMPARED)
    hostile = Warehouse(tmp_path / "hostile")
    for warehouse in (honest, hostile):
        tournament.land_all(warehouse.landing, HONEST)
    landed = land_drawn_files(hostile.landing, numbers)
    honest.build()
    output = hostile.build(succeeds=False, is_tested=True)
    assert "Traceback" not in output
    marts = hostile.marts()
    assert_same_marts(of_honest_rounds(marts), of_honest_rounds(honest.marts()))

    unusable = set(marts["fct_unusable_files"]["path"])
    with duckdb.connect(str(hostile.database), read_only=True) as connection:
        rows = connection.execute(
            "select path, table_name, round_number, row_count from int_landing_manifest"
            " where problem is null"
        ).fetchall()
    used = {path for path, *_ in rows}
    lost = set(landed) - unusable - used
    assert not lost, sorted(lost)[:5]
    for path in unusable & set(landed):
        assert f"landing/{path} cannot be used" in output, path
    judged = set(marts["fct_contract_results"]["round_number"].dropna())
    for path, _, number, row_count in rows:
        if path in landed and row_count and number is not None:
            assert number in judged, (path, number)
    assert min(len(unusable & set(landed)), len(used & set(landed))) > len(numbers) / 20
