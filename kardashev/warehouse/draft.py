"""A draft of the next published copy: the former file, copied by a thread while the build works.

A publication starts from a copy of the former file, which behind 500 rounds is gigabytes to read and to write
to the disk. Nothing of that depends on what the build finds, so it is begun as soon as it is known that
something is due, and is done long before the marts are. A draft that is not taken is removed when the process
ends; one of a killed build by the next publication.
"""

import atexit
import shutil
from threading import Thread

from kardashev.landing.listing import file_stat
from kardashev.landing.replacement import sync

_begun = {}  # file → its draft, in this process


class _Draft:
    """A thread that copies a file as it is now."""

    def __init__(self, file, scratch):
        self.stat, self.scratch, self.is_whole = file_stat(file), scratch, False
        self.thread = Thread(target=self._copy, args=(file,), name=f"draft of {file.name}")
        self.thread.start()

    def _copy(self, file):
        try:
            shutil.copyfile(file, self.scratch)
            sync(self.scratch)
            self.is_whole = True
        except OSError:  # whoever takes it copies the file himself, and says what is wrong
            remove(self.scratch)


def begin(file):
    """Begins a draft, in place of one that was begun before.

    Parameters
    ----------
    file : Path of the published copy
    """
    discard(file)
    _begun[file] = _Draft(file, scratch_of(file))


def take(file):
    """The path of a copy of the file as it is now: the draft when it is done, or else one made now.

    Parameters
    ----------
    file : Path of the published copy

    Returns
    -------
    Path, which is the caller's to rename or to remove

    Raises
    ------
    OSError
        When it cannot be written.
    """
    scratch, draft = scratch_of(file), _begun.pop(file, None)
    if draft:
        draft.thread.join()
        if draft.is_whole and draft.stat == file_stat(file):
            return scratch
    remove(scratch)
    shutil.copyfile(file, scratch)
    return scratch


def discard(file):
    """Removes a draft, and what a killed build left in its place."""
    if draft := _begun.pop(file, None):
        draft.thread.join()
    remove(scratch_of(file))


def scratch_of(file):
    """Where the next copy of a file is made."""
    return file.with_name(f".{file.name}.next")


def remove(scratch):
    """Removes a copy under work, with what DuckDB keeps beside it."""
    for leftover in (scratch, scratch.with_name(f"{scratch.name}.wal")):
        leftover.unlink(missing_ok=True)


@atexit.register
def _discard_all():
    for file in list(_begun):
        discard(file)
