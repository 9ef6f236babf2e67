"""What every test may use: real data, if there is any beside the checkout; published copies to look at."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from object_storage import object_storage
from published_copies import HOSTILE, make_copy, make_empty_copy

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]  # nobody's bucket is for tests to read or write
for name in ("KARDASHEV_PARQUET", "KARDASHEV_LAKE_DATA", "KARDASHEV_LAKE_SCHEMA"):
    os.environ.pop(name, None)  # what a person publishes is not for tests to write

# A busy machine is slow, not wrong.
settings.register_profile("kardashev", deadline=None)
settings.load_profile("kardashev")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data():
    """The folder with real prices and payouts; tests that want it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """A copy with rows for every page."""
    return make_copy(tmp_path_factory.mktemp("played") / "published.duckdb")


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A copy without a row."""
    return make_empty_copy(tmp_path_factory.mktemp("empty") / "published.duckdb")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A copy with hostile names everywhere."""
    path = tmp_path_factory.mktemp("hostile") / "published.duckdb"
    return make_copy(path, HOSTILE, are_ids=True)


@pytest.fixture(scope="session")
def storage():
    """An S3 server with one bucket."""
    with object_storage() as served:
        yield served
