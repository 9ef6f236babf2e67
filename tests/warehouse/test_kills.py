"""A build killed with SIGKILL right after any model, then built again, ends in the marts of one clean build.

Kills amid rounds that come in any order are in test_order.py.
"""

import shutil

import pytest
import tournament
from harness import PROJECT, PUBLISHING, Warehouse, assert_same_marts, kill_build


def models_in_the_project():
    return sorted(
        path.stem
        for folder in ("models", "python_models")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in {".sql", ".py"}
    )


@pytest.fixture(scope="module")
def half_landed(tmp_path_factory):
    """A warehouse of four rounds, built; the other two, a correction and a target day are still to come."""
    built = Warehouse(tmp_path_factory.mktemp("half"), has_parquet=True)
    tournament.land_all(built.landing, (1, 2, 4, 5))
    tournament.land_upload(built.landing, 4, "model_c", correction=1)
    built.build()
    return built


@pytest.mark.long
@pytest.mark.parametrize("place", [*models_in_the_project(), PUBLISHING])
def test_a_killed_build_is_finished_by_the_next(warehouse, clean, half_landed, place):
    shutil.copytree(half_landed.folder, warehouse.folder, symlinks=True, dirs_exist_ok=True)
    warehouse.has_parquet = True
    former = warehouse.marts()
    shutil.rmtree(warehouse.landing)
    shutil.copytree(clean.landing, warehouse.landing)
    kill_build(warehouse, place)
    seen = warehouse.marts()  # people read the last whole publication
    assert_same_marts(seen, clean.marts() if place == "published_copy" else former)
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())


def test_a_file_taken_back_after_a_kill_leaves_nothing_behind(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    upload = tournament.land_upload(warehouse.landing, 4, "model_c", correction=2)
    kill_build(warehouse, "int_signal_ranks")
    tournament.land_upload(warehouse.landing, 4, "model_c")
    assert upload.exists()
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())
