"""Warehouses for whole builds: one built clean for comparison, fresh ones to be built by each test."""

import pytest
import tournament
from harness import Warehouse


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path)


@pytest.fixture(scope="session")
def clean(tmp_path_factory):
    """The tournament of six rounds, landed and built at once."""
    built = Warehouse(tmp_path_factory.mktemp("clean"), has_parquet=True)
    tournament.land_all(built.landing, tournament.ROUNDS)
    built.build(is_tested=True)
    return built
