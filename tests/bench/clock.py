"""CPU seconds and memory of this process, as the benchmarks print them."""

import resource


def cpu(function):
    """What a function returns, and the CPU seconds it took on all threads."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    found = function()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return found, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_gigabytes():
    """Largest resident size of this process so far, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
