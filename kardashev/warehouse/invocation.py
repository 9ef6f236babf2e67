"""How commands run dbt: on this project, wherever they are, with its files in a folder of theirs."""

import os
import subprocess
import sys
from pathlib import Path


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


def run_dbt(arguments, variables, folder=None):
    """Runs dbt in a process of its own; what it says goes to standard error.

    Parameters
    ----------
    arguments : sequence of str
    variables : dict of str, added to the environment
    folder : Path, where it works; None: here

    Returns
    -------
    int, its exit status
    """
    dbt = Path(sys.executable).with_name("dbt")
    done = subprocess.run(
        [str(dbt), "--quiet", *arguments],
        env=os.environ | variables,
        cwd=folder,
        stdout=sys.stderr,
        check=False,
    )
    return done.returncode
