"""What a build is made by: the package's version, the checkout's commit, DuckDB's version."""

import subprocess
from importlib.metadata import PackageNotFoundError, version

import duckdb
import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("package_version", pa.string()),
        ("git_commit", pa.string()),
        ("has_local_changes", pa.bool_()),
        ("duckdb_version", pa.string()),
    ]
)
SECONDS = 20  # that git may take: a build does not wait for it longer


def build_version(project):
    """One row: what builds the project.

    Parameters
    ----------
    project : Path of the dbt project

    Returns
    -------
    pyarrow.Table `SCHEMA`
        ``package_version`` is null where the package is not installed; ``git_commit`` and
        ``has_local_changes`` are null where the project is no checkout, or git is not there.
    """
    commit = _git(project, "rev-parse", "HEAD")
    changes = None if commit is None else _git(project, "status", "--porcelain", "--", ".")
    row = {
        "package_version": package_version(),
        "git_commit": commit,
        "has_local_changes": None if changes is None else bool(changes),
        "duckdb_version": duckdb.__version__,
    }
    return pa.Table.from_pylist([row], schema=SCHEMA)


def package_version():
    """Of the installed package; None where it is not installed."""
    try:
        return version("kardashev")
    except PackageNotFoundError:
        return None


def _git(project, *arguments):
    """What git says, or None where it says nothing of use."""
    command = ["git", "--no-optional-locks", "-C", str(project), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
