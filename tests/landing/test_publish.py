"""The published copy is whole or the former one, whatever ends the writing."""

import resource

import duckdb
import pytest

from kardashev.errors import WarehouseError
from kardashev.warehouse.publish import publish

LARGEST_FILE = 2_000_000  # bytes: stands for a full disk


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published.duckdb"


@pytest.fixture
def small_disk():
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, former[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_full_disk_keeps_the_former_copy_and_its_scratch_is_removed_at_once(
    published, small_disk
):
    with duckdb.connect() as connection:
        publish(connection, {"marts": connection.sql("select 1 as value")}, published)
        before = published.read_bytes()
        small_disk()
        large = connection.sql("select random() as value from range(2_000_000)")
        with pytest.raises(WarehouseError, match="cannot be written, the former copy") as error:
            publish(connection, {"marts": large}, published)
        assert len(str(error.value).splitlines()) == 1
        assert published.read_bytes() == before
        assert [path.name for path in published.parent.iterdir()] == [published.name]
        publish(connection, {"marts": connection.sql("select 2 as value")}, published)
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.table("marts").fetchall() == [(2,)]
