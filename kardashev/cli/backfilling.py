"""The command that builds many rounds at the same time."""

from pathlib import Path

import click

from kardashev.cli.options import (
    database_option,
    engine_option,
    landing_option,
    project_option,
    workers_option,
)
from kardashev.errors import SettingError
from kardashev.warehouse.environment import use_one_blas_thread

ROUND, COUNT = click.IntRange(min=0), click.IntRange(min=1)


@click.command()
@click.option(
    "--from",
    "first",
    metavar="A",
    type=ROUND,
    help="the first round (default: the first that is due)",
)
@click.option(
    "--to", "last", metavar="B", type=ROUND, help="the last round (default: the last that is due)"
)
@engine_option
@workers_option(2, "slices built at a time")
@click.option(
    "--slice-rounds",
    type=COUNT,
    help="rounds of a slice at most (default: some 50, spread over the workers)",
)
@project_option
@landing_option
@database_option
def backfill(first, last, engine, workers, slice_rounds, project, landing, database):
    """Build many rounds at the same time.

    The rounds that are due are cut into slices. Workers build them, each in a warehouse of its own; then
    they are merged into the one warehouse, and a last `dbt build` does what crosses rounds and publishes.
    The result is that of one `dbt build`. If it is ended, say it again: slices that were built are kept.
    It pays from some dozen rounds on; for the rounds of a day say `dbt build`.

    \b
    examples:
      kardashev backfill
      kardashev backfill --from 803 --to 1100 --workers 4
      RAY_ADDRESS=auto kardashev backfill --engine ray --workers 16
    """
    use_one_blas_thread()
    from kardashev.backfill.command import ALL_ROUNDS, Backfill
    from kardashev.backfill.command import backfill as run

    bounds = (ALL_ROUNDS[0] if first is None else first, ALL_ROUNDS[1] if last is None else last)
    if bounds[0] > bounds[1]:
        raise SettingError(f"--from {first} is after --to {last}")
    landing = (
        landing.resolve() if isinstance(landing, Path) else landing
    )  # workers have other folders
    places = project.resolve(), landing, database.resolve()
    return run(Backfill(*bounds, *places, workers, engine, slice_rounds))
