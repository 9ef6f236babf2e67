"""What builds over object storage ask for: requests and bytes of all, of nothing new, and of a new round.

`make bench` runs it, with the tournament of the tests over moto's server. Then many small files are
hashed, by the seconds that each request takes and by DuckDB's threads.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "landing"), str(TESTS / "warehouse")]

import test_object_storage  # noqa: E402 (uploads; of tests/landing)
import tournament  # noqa: E402
from harness import Warehouse  # noqa: E402
from object_storage import BUCKET, ObjectStorage  # noqa: E402

from kardashev.landing.listing import touched_files  # noqa: E402
from kardashev.landing.manifest import read_files  # noqa: E402
from kardashev.landing.object_storage import object_path  # noqa: E402

FILES, ROWS, ROUND_TRIP = 2000, 500, 0.03
KINDS = ("LIST", "HEAD", "GET")


class CountingServer:
    """moto's server in a thread; what it was asked, and how long it waits before each answer."""

    def __init__(self):
        self.counts, self.delay = Counter(), 0.0
        self._answer = DomainDispatcherApplication(create_backend_app)
        self._server = make_server(
            "127.0.0.1", 0, self._count, threaded=True, request_handler=QuietHandler
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def get_host_and_port(self):
        return "127.0.0.1", self._server.server_port

    def _count(self, environ, start):
        kind = "LIST" if "list-type" in environ["QUERY_STRING"] else environ["REQUEST_METHOD"]
        self.counts[kind] += 1
        time.sleep(self.delay)

        def begin(status, headers, *error):
            self.counts[f"{kind} bytes"] += int(dict(headers).get("Content-Length", 0))
            return start(status, headers, *error)

        return self._answer(environ, begin)


class QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


@dataclass
class StoredWarehouse(Warehouse):
    storage: ObjectStorage = None

    def environment(self, threads=1):
        landing = {"KARDASHEV_LANDING": f"s3://{BUCKET}/landing"}
        return super().environment(threads) | self.storage.environment | landing


def main(files=FILES):
    server = CountingServer()
    storage = ObjectStorage(server)
    os.environ.update(storage.environment)
    print(f"{'build':<34} {'wall s':>7} {'LIST':>5} {'HEAD':>5} {'GET':>5} {'kB got':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        warehouse = StoredWarehouse(Path(scratch), storage=storage)
        tournament.land_all(warehouse.landing, tournament.ROUNDS)
        measure_build(server, warehouse, "everything")
        measure_build(server, warehouse, "nothing new")
        tournament.land_round(warehouse.landing, tournament.ROUNDS[-1] + 1)
        measure_build(server, warehouse, "a new round")
    for number in range(files):
        signals = [place / ROWS for place in range(ROWS)]
        rows = test_object_storage.upload(number % 40, f"model_{number}", signals)
        storage.put_many([f"many/submissions/{number % 40:06}/{number}.parquet"], rows)
    for server.delay, threads in ((0.0, 2), (ROUND_TRIP, 2), (ROUND_TRIP, 16)):
        measure_reading(server, f"{files:,} files, {server.delay} s, {threads} threads", threads)


def measure_build(server, warehouse, what):
    if warehouse.landing.exists():
        warehouse.storage.put_folder(warehouse.landing, "landing")
        shutil.rmtree(warehouse.landing)  # what is put again is touched
    measured(server, what, lambda: warehouse.build(threads=2, is_apart=True))


def measure_reading(server, what, threads):
    landing = object_path(f"s3://{BUCKET}/many")
    with duckdb.connect(config={"threads": threads}) as connection:
        measured(
            server,
            what,
            lambda: read_files(connection, landing, touched_files(connection, landing)),
        )


def measured(server, what, function):
    server.counts.clear()
    start = time.monotonic()
    function()
    wall = time.monotonic() - start
    asked = " ".join(f"{server.counts[kind]:>5}" for kind in KINDS)
    print(f"{what:<34} {wall:>7.1f} {asked} {server.counts['GET bytes'] / 1e3:>7.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
