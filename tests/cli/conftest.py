"""A command that is asked."""

import pytest

from kardashev import cli


@pytest.fixture
def run(capsys):
    """A command's exit status, standard output and standard error."""

    def run(*argv):
        status = cli.main([str(argument) for argument in argv])
        return status, *capsys.readouterr()

    return run
