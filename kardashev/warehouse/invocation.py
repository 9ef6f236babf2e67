"""How commands run dbt: on this project, wherever they are, with its files in a folder of theirs."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PARSE = "partial_parse.msgpack"  # what dbt keeps of its parse of a project, in its target folder


def dbt_options(project, folder):
    """dbt's options for a project, and for a folder that takes what dbt writes beside the warehouse.

    Parameters
    ----------
    project, folder : Path

    Returns
    -------
    list of str
    """
    places = {
        "project-dir": project,
        "profiles-dir": project,
        "target-path": folder / "target",
        "log-path": folder / "logs",
    }
    return [part for name, path in places.items() for part in (f"--{name}", str(path))]


def run_dbt(command, project, folder, arguments, variables, works_in):
    """Runs dbt in a process of its own; what it says goes to standard error.

    dbt takes as long to parse the project as many commands take for all else, so its parse is kept in the
    project's target folder for the next one: dbt itself checks what has changed since. It holds for
    warehouses whose path is `from_here`.

    Parameters
    ----------
    command : str, dbt's
    project, folder : Path, as in `dbt_options`
    arguments : sequence of str
    variables : dict of str, added to the environment
    works_in : Path

    Returns
    -------
    int, its exit status
    """
    kept, own = project / "target" / "commands" / PARSE, folder / "target" / PARSE
    take_parse(kept, own)
    dbt = Path(sys.executable).with_name("dbt")
    done = subprocess.run(
        [str(dbt), "--quiet", command, *dbt_options(project, folder), *arguments],
        env=os.environ | variables,
        cwd=works_in,
        stdout=sys.stderr,
        check=False,
    )
    _keep_parse(own, kept)
    return done.returncode


def take_parse(kept, own):
    """Copies what dbt kept of its parse to where it looks for its own, if there is none yet."""
    if kept.exists() and not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kept, own)


def _keep_parse(own, kept):
    """Copies a parse that dbt made anew; a project that cannot be written is parsed each time."""
    if not own.exists():
        return
    with suppress(OSError):
        if kept.exists() and kept.stat().st_mtime_ns == own.stat().st_mtime_ns:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        written = kept.with_name(f".{kept.name}.{os.getpid()}")
        shutil.copy2(own, written)
        written.replace(kept)
