"""Starting the dashboard: Streamlit in this process, on this machine only, telling nobody."""

import os
import socket
from contextlib import closing
from importlib import import_module
from pathlib import Path

from kardashev.errors import SettingError
from kardashev.warehouse.environment import PUBLISHED
from kardashev.warehouse.lake import Lake

APP = Path(__file__).with_name("app.py")
ADDRESS, PORT, LAST_PORT = "127.0.0.1", 8501, 65535
WAITED_FOR = (  # by the first look, if they were not loaded before it
    "pandas",
    "kardashev.dashboard.pages.shown",
    *(f"kardashev.dashboard.views.{name}" for name in ("leaderboard", "model", "rounds", "fund")),
)
OPTIONS = {
    "server_headless": True,  # no browser is started, nobody is asked for an address
    "server_fileWatcherType": "none",
    "server_showEmailPrompt": False,
    "browser_gatherUsageStats": False,
    "client_showErrorDetails": "none",
    "client_toolbarMode": "minimal",
    "logger_hideWelcomeMessage": True,
    "global_developmentMode": False,
}


def serve(published, address=ADDRESS, port=PORT, say=print):
    """Serves the dashboard until the process is ended.

    Parameters
    ----------
    published : Path of the published copy, or Lake; it may come later
    address : str, the address of this machine that it listens on
    port : int
    say : what takes the line that says where it is

    Raises
    ------
    SettingError
        When Streamlit is not installed, or nobody may listen there.
    """
    try:
        from streamlit.web import bootstrap
    except ModuleNotFoundError as error:
        raise SettingError(
            "the dashboard is not installed: run `make dashboard`, or `pip install 'kardashev[dashboard]'`"
        ) from error
    _check(address, port)
    os.environ[PUBLISHED] = str(
        published if isinstance(published, Lake) else Path(published).absolute()
    )
    for name in WAITED_FOR:
        import_module(name)

    options = OPTIONS | {"server_address": address, "server_port": port}
    bootstrap.load_config_options(options)
    say(f"the dashboard is at http://{address}:{port} (Ctrl-C ends it)")
    bootstrap.run(str(APP), False, [], options)


def _check(address, port):
    if port > LAST_PORT:
        raise SettingError(f"--port is {port}: give a whole number from 1 to {LAST_PORT}")
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(found[0], socket.SOCK_STREAM)) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(found[4])
    except OSError as error:
        raise SettingError(
            f"nothing can listen on {address}, port {port}: {error.strerror}; give another with --port or "
            "--address"
        ) from error
