"""A whole build publishes into a lake the marts that it built, in one snapshot that says of what round."""

import shutil

import pytest
import tournament

from kardashev.warehouse.environment import PUBLISHED, named_place
from kardashev.warehouse.reading import reading

SIGNATURE = """
    select
        commit_extra_info ->> 'tournament' as tournament,
        cast(commit_extra_info ->> 'newest_round_closed' as integer) as newest_round_closed,
        cast(commit_extra_info ->> 'newest_round_built' as integer) as newest_round_built

    from lake.snapshots()
    order by snapshot_id
"""


@pytest.fixture
def in_lake(warehouse, clean):
    """The clean warehouse, published into a lake."""
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.lake = named_place(PUBLISHED, "ducklake:sqlite:lake.sqlite", warehouse.folder)
    warehouse.build("--select", "published_copy")
    warehouse.check_published()
    return warehouse


def publication(warehouse):
    return warehouse.query("select is_whole, snapshot_id from published_copy")


def test_a_build_publishes_into_a_lake_what_it_built_and_then_what_is_new(in_lake):
    assert publication(in_lake) == [(True, 1)]
    tournament.land_upload(in_lake.landing, 6, "model_c", correction=1)
    in_lake.build()  # and every mart is compared with what is published
    assert publication(in_lake) == [(False, 2)]
    with reading(in_lake.lake) as connection:
        house = tournament.ROUNDS[-1]
        signatures = connection.execute(SIGNATURE).fetchall()
        assert signatures == [(None, None, None), *2 * [("house", house, house)]]
        for kind in ("tables", "columns"):
            undescribed = f"""
                from duckdb_{kind}()
                where database_name = 'lake' and schema_name = 'main' and comment is null
            """
            assert connection.execute(undescribed).fetchall() == []


def test_a_catalog_that_is_none_stops_a_build_in_one_line_before_it_begins(warehouse):
    warehouse.landing.mkdir()
    warehouse.lake = named_place(PUBLISHED, "ducklake:sqlite:notes.txt", warehouse.folder)
    warehouse.lake.file.write_text("what a person wrote, and wants to keep")
    output = warehouse.build(succeeds=False, is_apart=True)
    assert sum("KARDASHEV_PUBLISHED: " in line for line in output.splitlines()) == 1
    assert "Traceback" not in output
    assert warehouse.lake.file.read_text().startswith("what a person wrote")
    assert not warehouse.database.exists()
