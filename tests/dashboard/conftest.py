"""Copies to look at: with rows for every page, without a row, and with hostile names everywhere."""

import pytest
from published_copies import HOSTILE, make_copy, make_empty_copy


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    return make_copy(tmp_path_factory.mktemp("played") / "published.duckdb")


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    return make_empty_copy(tmp_path_factory.mktemp("empty") / "published.duckdb")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "published.duckdb"
    return make_copy(path, HOSTILE, are_ids=True)
