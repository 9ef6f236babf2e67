"""Engines: each task in a process of its own; one that is killed is done again, three times at most"""

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest

from kardashev.backfill.engines import LOCAL, RAY, TRIES, results
from kardashev.errors import SettingError, WarehouseError

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


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_an_engine_that_is_not_installed_says_what_to_install():
    with pytest.raises(SettingError, match="pip install 'kardashev\\[ray\\]'"):
        list(results(process_of, [1], 1, RAY))
