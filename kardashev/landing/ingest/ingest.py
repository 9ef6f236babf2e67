"""A folder of files that were made elsewhere becomes landed tables: the files are opened, then landed."""

import json
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from kardashev.errors import LandingError
from kardashev.landing.ingest.choices import EVERY_FEATURE, NO_FEATURE, Choices
from kardashev.landing.ingest.folder import sources
from kardashev.landing.ingest.mapping import Mapping, TargetRule, days_in
from kardashev.landing.ingest.plan import LIVE, TRAIN
from kardashev.landing.ingest.predictions import own_predictions
from kardashev.landing.ingest.run import IngestSummary, Run

MAPPING_FILE = "landing.yml"  # in the folder, where a mapping is looked for
MEMORY = "1GB"  # of DuckDB, which goes to the disk beyond it


def ingest(folder: Path, landing: Path, mapping: Mapping, choices: Choices) -> IngestSummary:
    """Land what a mapping makes of a folder's files.

    Parameters
    ----------
    folder : holds the files
    landing : made when missing

    Raises
    ------
    LandingError
        In one line: which file, what is wrong, what to do. What was landed before stays; nothing is left of
        an era that is not whole.
    """
    folder, landing = Path(folder), Path(landing)
    mapping = _with_targets(mapping, choices.targets)
    found, others = sources(folder, mapping)
    features = _feature_set(folder, mapping, choices)
    others = [name for name in others if name not in (mapping.feature_sets, MAPPING_FILE)]
    summary = IngestSummary(passed_over=[f"{name}: not of this shape" for name in others])
    with tempfile.TemporaryDirectory() as scratch, _connection(scratch) as connection:
        used = _opened(connection, Path(scratch), found, mapping, choices, summary)
        Run(connection, landing, mapping, choices, used, features, summary).land()
    return summary


@contextmanager
def _connection(scratch):
    settings = {"memory_limit": MEMORY, "threads": 2, "temp_directory": scratch}
    with duckdb.connect(config=settings) as connection:
        yield connection


def _with_targets(mapping, asked):
    """The mapping with the columns that were asked for as targets."""
    rules = {}
    for name, column in asked.items():
        days = days_in(name)
        if days is None:
            raise LandingError(f"target {name} does not end in its days of return, as cyrus_20")
        rules[name] = TargetRule((column,), days)
    files = (
        rule if rule.universe is None else replace(rule, targets=rule.targets | rules)
        for rule in mapping.files
    )
    return replace(mapping, files=tuple(files))


def _feature_set(folder, mapping, choices):
    """Names of the features that were chosen; None: all that the mapping finds."""
    if not mapping.feature_sets or choices.features in (EVERY_FEATURE, NO_FEATURE):
        return None
    path = folder / mapping.feature_sets
    try:
        sets = json.loads(path.read_text())["feature_sets"]
        chosen = sets.get(choices.features)
    except FileNotFoundError:
        raise LandingError(
            f"{folder} has no {path.name}, which says the feature sets: download it, or say --features all"
        ) from None
    except (OSError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise LandingError(f"{path.name} has no readable feature_sets: get it again") from error
    if chosen is None:
        names = ", ".join(dict.fromkeys([*sets, EVERY_FEATURE, NO_FEATURE]))
        raise LandingError(f"{path.name} has no feature set {choices.features!r}: one of {names}")
    return set(chosen)


def _opened(connection, scratch, found, mapping, choices, summary):
    """The sources that the choices are of, open."""
    used = []
    for source in found:
        if source.group == TRAIN and not choices.has_train:
            summary.passed_over.append(f"{source.name}: --train lands it too")
            continue
        if source.group == LIVE and choices.era_date is not None:
            source.fixed_era = choices.era_date
        source.open(connection, scratch)
        used.append(source)
    for path in choices.predictions:
        used.append(own_predictions(connection, scratch, Path(path), mapping))
    return used
