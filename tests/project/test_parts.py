"""How a backfill cuts the project: each part reads what is there when it is built"""

from pathlib import Path

import pytest

from kardashev.backfill.command import MOST_ROUNDS, WINDOW_ROUNDS, Backfill
from kardashev.backfill.parts import (
    AGAIN,
    CROSSING,
    GUARDS,
    LET_GO,
    NARROWED,
    SLICED_TOO,
    read_parts,
)


@pytest.fixture(scope="module")
def parts(target):
    return read_parts(target / "manifest.json")


def parents_of(manifest, names):
    """The models and seeds that nodes read."""
    nodes = manifest["nodes"]
    chosen = [node for node in nodes.values() if node["name"] in names]
    assert {node["name"] for node in chosen} == set(names)
    parents = {i for node in chosen for i in node["depends_on"].get("nodes", ())}
    return {nodes[i]["name"] for i in parents if i in nodes}


def test_each_model_belongs_to_one_part_and_what_is_judged_to_two(parts, models):
    for name in models:
        places = [name in part for part in (parts.before, parts.sliced, parts.after)]
        assert sum(places) == (2 if name in (*AGAIN, *NARROWED) else 1), name
    assert not {*CROSSING, *AGAIN, *GUARDS, *SLICED_TOO} - set(models) - set(GUARDS)


def test_what_comes_before_needs_nothing_of_the_slices(parts, manifest):
    assert parents_of(manifest, parts.before) <= set(parts.before)


def test_a_slice_needs_what_comes_before_and_itself(parts, manifest):
    assert parents_of(manifest, parts.sliced) <= {*parts.before, *parts.sliced}


def test_what_comes_after_reads_of_the_slices_what_is_merged(parts, manifest):
    merged = {*parts.kept, *parts.handed_on}
    assert parents_of(manifest, parts.after) <= {*parts.before, *merged, *parts.after}


def test_every_data_test_is_held_once(parts, manifest):
    tests = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "test"}
    held = [name for part in (GUARDS, parts.sliced, parts.after) for name in part if name in tests]
    assert sorted(held) == sorted(tests)


def test_what_is_merged_is_told_apart_by_round(parts, models):
    for name in (*parts.kept, *parts.handed_on):
        columns = models[name]["columns"]
        assert "round_number" in columns, name


def test_what_is_let_go_is_what_the_next_build_would_drop(parts, models):
    def is_dropped(name):
        about = models[name]["config"]["meta"]
        return about.get("worklist") == "int_loadings_due" or "is_pruned" in about["redoes"]

    kept = {name for name in parts.kept if models[name]["config"]["meta"].get("redoes")}
    assert {name for name in kept if is_dropped(name)} == set(LET_GO)


@pytest.mark.parametrize("due", [1, 2, 3, 7, 60, 101, 500, 5000])
@pytest.mark.parametrize("workers", [1, 2, 4, 16])
def test_slices_that_are_built_at_the_same_time_take_as_long(due, workers):
    """A later one has fewer rounds, for it prepares its window too; each worker has as many slices."""
    first, later = asked(workers=workers).lengths(due)
    assert first <= MOST_ROUNDS + WINDOW_ROUNDS
    assert later == max(1, first - WINDOW_ROUNDS)
    slices = 1 + max(0, -(-(due - first) // later))
    if due > workers * (WINDOW_ROUNDS + 1) ** 2:
        assert slices % workers == 0
        assert due - first - (slices - 1) * later > -slices  # the last is shorter by less than that


def test_slices_are_as_long_as_asked():
    assert asked(slice_rounds=13).lengths(60) == (13, 13)


def asked(**options):
    place = Path("nowhere")
    return Backfill(0, 60, place, place, place, **options)
