"""What several commands take: places, forms of output, days, times and ranges of rounds."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from kardashev.errors import SettingError
from kardashev.printing import CSV, JSON
from kardashev.warehouse.environment import (
    DATABASE,
    DEFAULTS,
    LANDING,
    OBJECTS,
    PUBLISHED,
    named_place,
    place,
    project_folder,
)
from kardashev.warehouse.lake import PREFIX

EXIT_ERROR = 2
PATH = click.Path(path_type=Path)


class Listed(click.Group):
    """A group that lists its commands in the order in which they were added."""

    def list_commands(self, context):
        return list(self.commands)


def day(text):
    """A date, as 2024-01-05."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a day, as 2024-01-05.") from error


def moment(text):
    """A time in UTC, as 2024-01-06T14:00:00Z; of any zone, and UTC without one."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is not a time, as 2024-01-06T14:00:00Z.") from error


def rounds(text):
    """The first and the last of a range of rounds, as 803-812."""
    first, dash, last = text.partition("-")
    bounds = (first, last)
    if not dash or not all(bound.isascii() and bound.isdigit() for bound in bounds):
        raise click.BadParameter(f"{text!r} is no range of rounds, as 803-812.")
    if int(first) > int(last):
        raise click.BadParameter(f"{text!r} ends before it begins.")
    return int(first), int(last)


def _place_option(name, variable, metavar, kind=PATH, check=lambda context, place: place):
    def found(context, parameter, given):
        if given:
            is_lake = str(given).startswith(PREFIX)
            asked = named_place(variable, str(given), Path()) if is_lake else given
        else:
            asked = place(variable, context.params.get("project") or project_folder())
        return check(context, asked)

    help_text = f"(default: {variable}, or {DEFAULTS[variable]} of the project)"
    return click.option(f"--{name}", metavar=metavar, type=kind, callback=found, help=help_text)


class _Landing(click.Path):
    """A folder, or where in object storage the landing is."""

    def convert(self, value, parameter, context):
        if isinstance(value, str) and value.startswith(OBJECTS):
            from kardashev.landing.object_storage import object_path  # slow to load

            return object_path(value)
        return super().convert(value, parameter, context)


def _folder(context, landing):
    if not isinstance(landing, Path):
        raise SettingError(
            f"`{context.command_path}` needs a folder, and the landing is {landing}: give one with "
            f"--landing, and copy what is in it to {landing}"
        )
    return landing


landing_option = _place_option("landing", LANDING, "DIR|s3://…", _Landing(path_type=Path))
landing_folder_option = _place_option(
    "landing", LANDING, "DIR", _Landing(path_type=Path), check=_folder
)
database_option = _place_option("database", DATABASE, "FILE")
published_option = _place_option("published", PUBLISHED, "FILE")
project_option = click.option(
    "--project-dir",
    "project",
    metavar="DIR",
    type=PATH,
    is_eager=True,  # places hang below it
    callback=lambda context, parameter, given: given or project_folder(),
    help="the dbt project (default: here, or the nearest above)",
)
json_option = click.option("--json", "as_json", is_flag=True, help="print it as JSON")


engine_option = click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="processes of this machine, or tasks of a Ray cluster that sees the same folders",
)


def workers_option(default, what):
    """The option ``--workers``: how many of something are done at the same time."""
    count = click.IntRange(min=1)
    return click.option(
        "--workers", metavar="N", type=count, default=default, show_default=True, help=what
    )


def form_options(command):
    """The options ``--json`` and ``--csv``: the argument ``form``, None without them."""
    csv_option = click.option("--csv", "form", flag_value=CSV, help="print rows as CSV")
    return click.option("--json", "form", flag_value=JSON, help="print rows as JSON")(
        csv_option(command)
    )


def given(options):
    """The options that are given; others are left to the defaults of what is called."""
    return {name: value for name, value in options.items() if value is not None}
