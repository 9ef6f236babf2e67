"""The files of a folder that a mapping knows."""

from pathlib import Path

from kardashev.errors import LandingError
from kardashev.landing.ingest.source import SHOWN_COLUMNS, Source


def sources(folder: Path, mapping):
    """The files of a folder that the mapping knows.

    Returns
    -------
    list of Source, and list of str: the names of the others

    Raises
    ------
    LandingError
        When there is no folder, or none of its files says which stocks a round has.
    """
    if not folder.is_dir():
        raise LandingError(f"there is no folder {folder}")
    found, others = [], []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name = path.relative_to(folder).as_posix()
        ruled = ((rule, rule.group_of(name, mapping.groups)) for rule in mapping.files)
        rule, group = next(((r, g) for r, g in ruled if g is not None), (None, None))
        if rule is None:
            others.append(name)
        else:
            found.append(Source(path, name, rule, group))
    if not any(source.rule.universe is not None for source in found):
        wanted = " or ".join(
            pattern.replace("{group}", group)
            for rule in mapping.files
            if rule.universe is not None
            for pattern in rule.patterns
            for group in (mapping.groups or ("",))
        )
        held = ", ".join(others[:SHOWN_COLUMNS]) or "nothing"
        raise LandingError(
            f"{folder} has no {wanted}: it holds {held}; name the folder of the files"
        )
    return found, others
