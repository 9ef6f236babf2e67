"""What runs tasks at the same time, in processes of their own: of this machine, or of a Ray cluster."""

import atexit
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context, parent_process
from threading import Thread

from kardashev.errors import SettingError, WarehouseError

LOCAL, RAY = "local", "ray"
TRIES = 3  # of a task whose process is killed
KILLED = "was killed {} times, by the system if it needed too much memory: try fewer --workers"


class OneProcess:
    """A process of its own for one task after another. A context: it ends at once, whatever it has loaded."""

    def __init__(self):
        self.pool = _processes(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Ends it when it has done what it was given, and does not wait."""
        with suppress(BrokenProcessPool):
            self.submit(_leave)
        self.pool.shutdown(wait=False)

    def submit(self, function, *arguments):
        """The future of what a function of a module returns."""
        return self.pool.submit(function, *arguments)


@contextmanager
def begun(count, load):
    """Processes of this machine that load what tasks need while these are not known yet.

    Parameters
    ----------
    count : int
    load : function of a module, without arguments

    Yields
    ------
    collections.deque of `OneProcess`: who takes one ends it
    """
    ahead = deque(OneProcess() for _ in range(count))
    for process in ahead:
        process.submit(load)
    try:
        yield ahead
    finally:
        for process in ahead:
            process.end()


def _leave():
    """Python takes a second to take down what dbt and its kin have loaded, module by module."""
    atexit._run_exitfuncs()  # locks that others would have to clear away
    os._exit(0)


def results(function, tasks, workers, engine=LOCAL, ahead=()):
    """What a function returns of each task, in the order in which they are done.

    A task whose process is killed is done again.

    Parameters
    ----------
    function : of a module, of one task
    tasks : list, each can be pickled, and says what it is as text
    workers : int, how many run at the same time
    engine : ``local``, processes of this machine; or ``ray``, tasks of the cluster that RAY_ADDRESS
        names, or of one that is started here
    ahead : deque of processes that have `begun`; the first tasks take them, if they are done on this machine

    Yields
    ------
    what the function returns

    Raises
    ------
    SettingError
        When the engine is not installed.
    WarehouseError
        When a task's process was killed each time.
    KardashevError
        That the function raised; tasks that run already end before.
    """
    if engine == RAY:
        yield from _ray(function, tasks, workers)
    else:
        yield from _local(function, tasks, workers, ahead)


def in_order(function, items, workers):
    """What a function returns of each item, in their order; items are made as workers take them.

    Parameters
    ----------
    function : of a module, of one item
    items : iterable; each can be pickled
    workers : int; with one all is done in this process

    Yields
    ------
    what the function returns
    """
    if workers == 1:
        yield from map(function, items)
        return
    with _processes(workers) as pool:
        waiting = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _processes(count):
    return ProcessPoolExecutor(count, get_context("spawn"), initializer=_begin)


def _begin():
    """A process ends with its parent, and at once where both are interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _end_with_parent()


def _end_with_parent():
    """A process whose parent is killed would wait for tasks for ever."""

    def wait():
        connection.wait([parent_process().sentinel])
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _local(function, tasks, workers, ahead):
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_in_own_process, function, task, ahead) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _in_own_process(function, task, ahead):
    for _ in range(TRIES):
        with ahead.popleft() if ahead else OneProcess() as process:
            try:
                return process.submit(function, task).result()
            except BrokenProcessPool:
                continue
    raise WarehouseError(f"{task} {KILLED.format(TRIES)}")


def _ray(function, tasks, workers):
    try:
        import ray
    except ModuleNotFoundError as error:
        raise SettingError(
            "ray is not installed: run `pip install 'kardashev[ray]'`, or take --engine local"
        ) from error
    is_ours = not ray.is_initialized()
    if is_ours:
        ray.init(**_cluster(workers))
    try:
        remote = ray.remote(num_cpus=1, max_calls=1, max_retries=TRIES - 1)(function)
        waiting, running = list(reversed(tasks)), {}
        while waiting or running:
            while waiting and len(running) < workers:
                task = waiting.pop()
                running[remote.remote(task)] = task
            (done, *_), _ = ray.wait(list(running))
            task = running.pop(done)
            try:
                yield ray.get(done)
            except ray.exceptions.RayTaskError as error:
                raise error.cause from None  # its own message has Ray's lines around it
            except ray.exceptions.WorkerCrashedError as error:
                raise WarehouseError(f"{task} {KILLED.format(TRIES)}") from error
    finally:
        if is_ours:
            ray.shutdown()


def _cluster(workers):
    """Options of `ray.init`: quiet, and with so many workers where no cluster is named."""
    quiet = {"logging_level": "error", "log_to_driver": False}
    alone = {"num_cpus": workers, "include_dashboard": False}
    return quiet | ({} if os.environ.get("RAY_ADDRESS") else alone)
