"""A headless Chromium, and the dashboard in a process of its own for it to look at."""

import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--window-size=1280,1000",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 90  # seconds; a busy machine is slow, not wrong
HERE = {"127.0.0.1", "localhost"}
LOCAL_SCHEMES = {"data", "blob", "chrome", "chrome-untrusted", "about", "file"}
# Streamlit first looks for its server below the page's own path, where none is, and then at the root.
LOOKED_FOR = ("/_stcore/health", "/_stcore/host-config")
IS_DRAWN = """
const app = document.querySelector('[data-testid=stApp]');
const count = (found) => document.querySelectorAll(found).length;
return [
    app && app.getAttribute('data-test-script-state') === 'notRunning',
    count('[data-testid=stDataFrame] canvas'),
    count('[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg'),
    count('[data-testid=stAlert]'),
];
"""


def missing():
    """What is not installed of what a look in a browser needs, in words; None if all is."""
    if not any(shutil.which(name) for name in BROWSERS):
        return "chromium"
    if not shutil.which("chromedriver"):
        return "chromedriver"
    return None


class Browser:
    """A browser that keeps what it asked for and what its console said."""

    def __init__(self, folder):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
        for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(
            options=options, service=Service(shutil.which("chromedriver"))
        )
        self.downloads = folder / "downloads"
        self.downloads.mkdir()
        behavior = {"behavior": "allow", "downloadPath": str(self.downloads)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", behavior)

    def see(self, address, tables=1, charts=1, notes=0):
        """Opens an address and waits until so much is drawn; seconds that it took."""
        began = time.perf_counter()
        self.driver.get(address)
        self.wait_drawn(tables, charts, notes)
        return time.perf_counter() - began

    def wait_drawn(self, tables=1, charts=1, notes=0):
        def is_drawn():
            is_done, *drawn = self.driver.execute_script(IS_DRAWN)
            wanted = (tables, charts, notes)
            return is_done and all(n >= w for n, w in zip(drawn, wanted, strict=True))

        self.wait(is_drawn, lambda: f"not drawn at {self.driver.current_url}: {self.text()[:500]}")

    def wait(self, holds, otherwise=lambda: "waited in vain"):
        until = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError(otherwise())
            time.sleep(0.1)

    def text(self):
        return self.driver.execute_script("return document.body.innerText")

    def complaints(self):
        """What the console said since the last call: errors, but for where Streamlit looks for its server."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE"
            and not any(path in entry["message"] for path in LOOKED_FOR)
        ]

    def requests_elsewhere(self):
        """Addresses beyond this machine that were asked for since the last call."""
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                asked.append(message["params"]["url"])
        parts = ((address, urlsplit(address)) for address in asked)
        return [a for a, p in parts if p.scheme not in LOCAL_SCHEMES and p.hostname not in HERE]


@contextmanager
def serving(published):
    """The address of a dashboard over a copy."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [Path(sys.executable).with_name("kardashev"), "dashboard", "--port", str(port)]
    process = subprocess.Popen(
        [*map(str, command), "--published", str(published)], stderr=subprocess.PIPE, text=True
    )
    try:
        said = process.stderr.readline()
        if f"http://127.0.0.1:{port}" not in said:
            raise RuntimeError(said)
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port):
    until = time.monotonic() + PATIENCE
    while True:
        with closing(socket.socket()) as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > until:
            raise TimeoutError(f"nothing listens on port {port}")
        time.sleep(0.1)
