"""The command line. Results go to standard output, progress and errors to standard error.

Exit status: 0 done; 1 an audit that finds a difference; 2 a `KardashevError` or a wrong argument;
130 interrupted.

    arguments  what can be asked, and how it is read
    commands   what each command does
    texts      what `--help` says
"""

import os
import sys
from contextlib import redirect_stderr, redirect_stdout

from kardashev.cli.arguments import PLACES, make_parser
from kardashev.cli.commands import EXIT_ERROR
from kardashev.errors import KardashevError
from kardashev.printing import VisibleStream
from kardashev.warehouse.environment import place, project_folder

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(argv=None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : list of str, the process's arguments when None

    Returns
    -------
    The exit status.

    Raises
    ------
    SystemExit
        From argparse: 0 for ``--help`` and ``--version``, 2 for wrong arguments.
    """
    # Whatever a command prints may quote what people landed, so all of it goes through one door.
    with redirect_stdout(VisibleStream(sys.stdout)), redirect_stderr(VisibleStream(sys.stderr)):
        return _run(argv)


def _run(argv):
    parser = make_parser()
    options = vars(parser.parse_args(argv))
    command = options.pop("command", None)
    if command is None:
        parser.print_help()
        return 0
    try:
        return command(**_with_places(options)) or 0
    except KardashevError as error:
        print(f"kardashev: {' '.join(str(error).splitlines())}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader, head say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _with_places(options):
    """The options, with the environment's places for those that are not given."""
    project = options.get("project") or project_folder()
    places = {
        name: place(PLACES[name], project)
        for name, given in options.items()
        if name in PLACES and given is None
    }
    if "project" in options:
        places["project"] = project
    return options | places
