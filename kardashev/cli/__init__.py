"""The command line. Results go to standard output, progress and errors to standard error.

landing     commands that write into the landing
backfilling the command that builds many rounds at the same time
ingesting   commands that land files made elsewhere
looking     commands that show what is built
exporting   commands that write what is sent on
checking    commands that compute something again
completion  the command that prints a shell's script
options     what several commands take
"""

import os
import sys
from contextlib import redirect_stderr, redirect_stdout

import click
from click.shell_completion import shell_complete

from kardashev.cli import backfilling, checking, exporting, ingesting, landing, looking
from kardashev.cli.completion import VARIABLE, completion
from kardashev.cli.options import EXIT_ERROR, Listed
from kardashev.errors import KardashevError
from kardashev.printing import VisibleStream

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it
COMMANDS = (
    *(landing.land, landing.compact, landing.market, ingesting.ingest, landing.demo),
    backfilling.backfill,
    *(looking.status, looking.tour, looking.scores, looking.query, looking.diagnose),
    *(looking.report, looking.dashboard, exporting.export, looking.docs),
    *(checking.check, checking.audit, checking.contribution, checking.replay),
    completion,
)
EPILOG = """\b
examples:
  kardashev demo                     a small market to play with
  kardashev land mine.csv --round 812 --model alice
  kardashev status                   what is landed, due and built
  kardashev land --help

\b
environment:
  KARDASHEV_LANDING    folder of the landed files, or s3://bucket/prefix (default: landing)
  KARDASHEV_DB         the warehouse (default: warehouse/kardashev.duckdb)
  KARDASHEV_PUBLISHED  the published copy (default: warehouse/published.duckdb), or a lake

Relative paths of the environment, and defaults, hang below the dbt project: here, or the nearest
folder above that has a dbt_project.yml. Paths given as options are taken from here.

\b
exit status:
  0    done
  1    an audit found a difference; a file that is checked would not count in full; in a backfill
       a round is refused
  2    a wrong argument, or an error that one line on standard error explains
  130  interrupted
"""


@click.group(
    name="kardashev",
    cls=Listed,
    commands={command.name: command for command in COMMANDS},
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"max_content_width": 100},
)
@click.version_option(package_name="kardashev", message="kardashev %(version)s")
@click.pass_context
def commands(context):
    """Score a crowd-sourced hedge fund: land files here, then run `dbt build`."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(argv=None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : list of str, the process's arguments when None

    Returns
    -------
    The exit status.
    """
    asked = os.environ.get(VARIABLE)
    if asked:  # by the shell, for what may come next; the environment has what is typed
        return shell_complete(commands, {}, commands.name, VARIABLE, asked)
    # Whatever a command prints may quote what people landed, so all of it goes through one door.
    with redirect_stdout(VisibleStream(sys.stdout)), redirect_stderr(VisibleStream(sys.stderr)):
        return _run(sys.argv[1:] if argv is None else list(argv))


def _run(argv):
    try:
        with commands.make_context(commands.name, argv) as context:
            return commands.invoke(context) or 0
    except click.exceptions.Exit as end:  # of --help and --version
        return end.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else commands.name
        return _fail(where, f"{error.format_message()} See `{where} --help`.")
    except KardashevError as error:
        return _fail(commands.name, str(error))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader, head say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _fail(where, message):
    print(f"{where}: {' '.join(message.splitlines())}", file=sys.stderr)
    return EXIT_ERROR
