"""Tasks in processes of their own: each is done, again if it is killed; none outlives who asked for it"""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from kardashev.errors import SettingError, WarehouseError
from kardashev.workers import LOCAL, RAY, TRIES, in_order, results

ENGINES = [LOCAL, pytest.param(RAY, marks=pytest.mark.long)]


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Ray's workers find this file."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def process_of(number):
    return number, os.getpid()


def killed_at_first(marks):
    """Ends by SIGKILL until there are as many marks as asked for, then says how many there are."""
    folder, kills = marks
    done = len(list(folder.iterdir()))
    if done < kills:
        (folder / str(done)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return done


def slow_at_first(number):
    time.sleep(number / 5)
    return number


def waits(folder):
    """Says which process it is, and does not end by itself."""
    (folder / str(os.getpid())).touch()
    time.sleep(600)


def refused(number):
    raise WarehouseError(f"task {number} is refused")


@pytest.mark.parametrize("engine", ENGINES)
def test_each_task_has_a_process_of_its_own(engine):
    found = dict(results(process_of, [1, 2, 3], 2, engine))
    assert set(found) == {1, 2, 3}
    assert len({*found.values(), os.getpid()}) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_whose_process_is_killed_is_done_again(engine, tmp_path):
    assert list(results(killed_at_first, [(tmp_path, TRIES - 1)], 1, engine)) == [TRIES - 1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_that_is_killed_each_time_is_one_line(engine, tmp_path):
    with pytest.raises(WarehouseError, match=rf"{tmp_path}.* was killed {TRIES} times"):
        list(results(killed_at_first, [(tmp_path, TRIES)], 1, engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_task_refuses_is_its_own_line(engine):
    with pytest.raises(WarehouseError, match=r"^task 7 is refused"):
        list(results(refused, [7], 1, engine))


def test_items_are_returned_in_their_order_whoever_is_first():
    assert list(in_order(slow_at_first, iter([3, 2, 1, 0]), 2)) == [3, 2, 1, 0]
    assert list(in_order(process_of, [1, 2], 1)) == [(1, os.getpid()), (2, os.getpid())]


def test_no_worker_outlives_the_process_that_asked_for_it(tmp_path):
    program = (
        "from pathlib import Path; from test_workers import waits; from kardashev.workers import results\n"
        f"if __name__ == '__main__': list(results(waits, [Path({str(tmp_path)!r})], 1))"
    )
    asking = subprocess.Popen([sys.executable, "-c", program])
    worker = int(_until(lambda: [path.name for path in tmp_path.iterdir()])[0])
    asking.kill()
    asking.wait()
    _until(lambda: not Path(f"/proc/{worker}").exists())


def _until(found, seconds=60):
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return value


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_an_engine_that_is_not_installed_says_what_to_install():
    with pytest.raises(SettingError, match="pip install 'kardashev\\[ray\\]'"):
        list(results(process_of, [1], 1, RAY))
