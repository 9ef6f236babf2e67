"""A landed file that takes the place of others, in one step whatever happens meanwhile.

The list of what a file replaces is written before it, under its name. The rename that lands the file puts
the list in force: from then on readers pass over the listed files, and it does not matter when they go.
A list without its file says nothing. A listed file that has been written anew since is not replaced.
"""

import json
import os
from pathlib import Path

from kardashev.errors import LandingError

PREFIX, SUFFIX = "_", ".replaces"  # of the list's name: not landed itself


def lists_in_force(folder, names):
    """The lists among a folder's names whose files are there."""
    there = set(names)
    return [Path(folder) / name for name in names if _is_list(name) and _listed_for(name) in there]


def marks(path):
    """What tells a file from one written later in its place: its size and time; None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def replaced_files(root: Path, list_path: Path) -> set[Path]:
    """The files below a folder that a list in force replaces, less those written anew since."""
    try:
        listed = json.loads(list_path.read_text())
    except FileNotFoundError:  # all is done: it went between listing and reading
        return set()
    except (OSError, ValueError) as error:
        raise LandingError(
            f"{list_path} cannot be read: see what it lists and remove it"
        ) from error
    return {root / name for name, was in listed.items() if marks(root / name) == was}


def replace(root: Path, written: Path, target: Path, files):
    """Land a written file in place of others, and remove these.

    Parameters
    ----------
    root : the folder that readers walk; files and target are below it
    written : the file, in the target's folder under a name that is not landed
    target : its name once it is landed
    files : dict of Path → `marks`, as they were when the file was made of them
    """
    listed = {str(path.relative_to(root)): was for path, was in files.items()}
    list_path = target.with_name(f"{PREFIX}{target.name}{SUFFIX}")
    list_path.write_text(json.dumps(listed))
    for path in (written, list_path, target.parent):
        sync(path)
    written.replace(target)
    sync(target.parent)
    _remove_replaced(root, list_path)


def finish(root: Path, folders: str, stem: str):
    """Do what a run that was killed left to do; before and after any number of `replace`.

    Parameters
    ----------
    root : as for `replace`
    folders : pattern of the folders that hold targets
    stem : what the targets' names begin with
    """
    for path in root.glob(f"{folders}.{stem}.*"):
        path.unlink()  # written, and never landed
    lists = list(root.glob(f"{folders}{PREFIX}{stem}.*{SUFFIX}"))
    for path in lists:
        if path.with_name(_listed_for(path.name)).exists():
            _remove_replaced(root, path)
    if lists:
        os.sync()  # a list must not be gone before what it lists, should the power fail
    for path in lists:
        path.unlink()


def sync(path):
    """Wait until a file, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_list(name):
    return name.startswith(PREFIX) and name.endswith(SUFFIX)


def _listed_for(name):
    return name.removeprefix(PREFIX).removesuffix(SUFFIX)


def _remove_replaced(root, list_path):
    """Remove what a list in force replaces, and the folders that this leaves empty."""
    for path in replaced_files(root, list_path):
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == root or any(folder.iterdir()):
                break
            folder.rmdir()
