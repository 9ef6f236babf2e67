"""Starting the dashboard: here alone, told by one line, or refused in one."""

import socket
import sys

import pytest

from kardashev import cli
from kardashev.dashboard import serve as room


@pytest.fixture
def started(monkeypatch):
    """What Streamlit is started with, in place of starting it."""
    bootstrap = pytest.importorskip("streamlit.web.bootstrap", reason="`make dashboard`")
    taken = {}
    monkeypatch.setattr(bootstrap, "load_config_options", taken.update)
    monkeypatch.setattr(bootstrap, "run", lambda script, *_: taken.update(script=script))
    monkeypatch.setenv("KARDASHEV_PUBLISHED", "/elsewhere.duckdb")
    return taken


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_it_listens_here_only_and_tells_nobody_unless_told_otherwise(started, tmp_path, capsys):
    port = free_port()
    arguments = ["--port", str(port), "--published", str(tmp_path / "published.duckdb")]
    assert cli.main(["dashboard", *arguments]) == 0
    assert started["server_address"] == "127.0.0.1"
    assert started["browser_gatherUsageStats"] is False
    assert started["client_showErrorDetails"] == "none"
    assert f"http://127.0.0.1:{port}" in capsys.readouterr().err
    cli.main(["dashboard", *arguments, "--address", "0.0.0.0"])
    assert started["server_address"] == "0.0.0.0"


def test_the_copy_that_is_named_is_the_one_that_is_shown(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cli.main(["dashboard", "--port", str(free_port()), "--published", "other.duckdb"])
    assert room.os.environ["KARDASHEV_PUBLISHED"] == str(tmp_path / "other.duckdb")


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_where_nothing_can_listen_is_said_in_one_line(started, address, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert cli.main(["dashboard", "--port", port, "--address", address]) == 2
    said = capsys.readouterr().err
    assert f"nothing can listen on {address}, port {port}" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("port", ["0", "70000", "x"])
def test_a_port_that_is_none_is_refused(started, port, capsys):
    try:
        status = cli.main(["dashboard", "--port", port])
    except SystemExit as exit_:
        status = exit_.code
    assert status == 2
    assert "Traceback" not in capsys.readouterr().err


def test_without_streamlit_the_way_to_it_is_said(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "streamlit.web", None)
    assert cli.main(["dashboard"]) == 2
    assert "run `make dashboard`" in capsys.readouterr().err
