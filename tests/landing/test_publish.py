"""The published copy is whole or the former one, whatever ends the writing."""

import resource

import duckdb
import pytest

from kardashev.errors import WarehouseError
from kardashev.warehouse import publish

LARGEST_FILE = 2_000_000  # bytes: stands for a full disk


@pytest.fixture
def published(tmp_path, monkeypatch):
    path = tmp_path / "published.duckdb"
    monkeypatch.setattr(publish, "published_file", lambda: path)
    return path


@pytest.fixture
def small_disk():
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, former[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_full_disk_keeps_the_former_copy_and_its_scratch_is_removed_at_once(
    published, small_disk
):
    with duckdb.connect() as connection:
        publish.publish(connection, {"marts": connection.sql("select 1 as value")})
        before = published.read_bytes()
        small_disk()
        large = connection.sql("select random() as value from range(2_000_000)")
        with pytest.raises(WarehouseError, match="cannot be published, the former copy") as error:
            publish.publish(connection, {"marts": large})
        assert len(str(error.value).splitlines()) == 1
        assert published.read_bytes() == before
        assert [path.name for path in published.parent.iterdir()] == [published.name]
        publish.publish(connection, {"marts": connection.sql("select 2 as value")})
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.table("marts").fetchall() == [(2,)]
