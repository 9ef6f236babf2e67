"""What every test may use: the real data, when there is any beside the checkout."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.pop("KARDASHEV_PARQUET", None)  # what a person publishes is not for tests to write

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
