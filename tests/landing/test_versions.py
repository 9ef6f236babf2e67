"""What a build says of the code that it is made by."""

import subprocess

import duckdb

from kardashev.warehouse.versions import build_version

AUTHOR = ("-c", "user.name=a", "-c", "user.email=a@b")


def version(project):
    (row,) = build_version(project).to_pylist()
    return row


def git(folder, *arguments):
    command = ["git", "-C", str(folder), *AUTHOR, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_checkout_has_its_commit_and_whether_files_differ_from_it(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "model.sql").write_text("select 1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "one")
    found = version(tmp_path)
    assert found["git_commit"] == git(tmp_path, "rev-parse", "HEAD")
    assert found["has_local_changes"] is False
    assert found["duckdb_version"] == duckdb.__version__
    (tmp_path / "another.sql").write_text("select 2")
    assert version(tmp_path)["has_local_changes"] is True


def test_a_project_that_is_no_checkout_or_has_no_git_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for _ in range(2):
        found = version(tmp_path)
        assert (found["git_commit"], found["has_local_changes"]) == (None, None)
        monkeypatch.setenv("PATH", str(tmp_path))
