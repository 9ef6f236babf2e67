"""A file tried before it is sent: what a build of the landing with it says, in a scratch warehouse."""

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kardashev.errors import LandingError
from kardashev.landing.files import write_landed
from kardashev.warehouse.reading import reading
from kardashev.warehouse.scratch import scratch_warehouse

TRIED = "tried"  # the folder of the file, below the submissions of the scratch landing


@contextmanager
def tried(project, landing, database, upload, made, say):
    """A `Scratch` whose warehouse is built with an upload beside what is landed.

    The landing and the warehouse are only read. A warehouse that is built saves the work on everything that
    it holds; without one all of the landing is built.

    Parameters
    ----------
    project, landing, database : Path
    upload : pyarrow.Table, the rows of ``submissions/``
    made : sequence of str, the models to build, with all that they are made from
    say : function of one line

    Raises
    ------
    LandingError, WarehouseError
        When there is no room, the warehouse is being written, or dbt does not build the models.
    """
    with scratch_warehouse(project, landing, database) as scratch:
        scratch = replace(scratch, landing=_landing_with(upload, landing, scratch.folder))
        if database.is_file():
            with reading(database):  # so that nothing writes it meanwhile
                scratch.copy(database, say)
        else:
            say("nothing is built yet: all of the landing is built for this")
            seeds = (Path(project) / "seeds").rglob("*.csv")
            scratch.dbt("seed", sorted(path.stem for path in seeds))
        say("building it with the file")
        scratch.dbt("run", [f"+{name}" for name in made])
        yield scratch


def _landing_with(upload, landing, folder):
    """A landing of links to what is landed, and of the upload."""
    if not isinstance(landing, Path):
        raise LandingError(
            f"a file is tried in a folder of links to the landing, which {landing} cannot have: copy it to a "
            "folder and give that with --landing"
        )
    linked, submissions = folder / "landing", landing / "submissions"
    try:
        (linked / "submissions").mkdir(parents=True)
        for place in filter(Path.is_dir, (landing, submissions)):
            for entry in place.iterdir():
                if entry != submissions:
                    (linked / entry.relative_to(landing)).symlink_to(entry.absolute())
        write_landed(linked, f"submissions/{TRIED}", TRIED, upload)
    except OSError as error:
        raise LandingError(f"{linked} cannot be written: {error.strerror}") from error
    return linked
