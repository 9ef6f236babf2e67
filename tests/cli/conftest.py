"""Published copies to ask, and a command that is asked."""

import pytest
from published_copies import HOSTILE, make_copy

from kardashev import cli


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    return make_copy(tmp_path_factory.mktemp("played") / "published.duckdb")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "published.duckdb"
    return make_copy(path, HOSTILE, are_ids=True)


@pytest.fixture
def run(capsys):
    """A command's exit status, standard output and standard error."""

    def run(*argv):
        status = cli.main([str(argument) for argument in argv])
        return status, *capsys.readouterr()

    return run
