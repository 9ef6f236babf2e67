"""A column mapping: which files of a folder become which landed tables, and from which of their columns.

Numerai's two shapes are mappings that come with the package (``signals.yml``, ``classic.yml``); anybody else
writes one (docs/participants.md). A mapping is checked whole: every fault is one line that names its place.
"""

import fnmatch
import re
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path

import yaml

from kardashev.errors import MappingError
from kardashev.landing.tables import STOCK_IDENTIFIERS

SHAPES = ("signals", "classic")
KINDS = ("live", "validation")
EVERY = "*"  # as a name: columns that a pattern finds keep their own names
FILE_NAME = "{name}"  # as a model's id: the file's name, less its ending
GROUP = "{group}"  # in a file's pattern: one of the mapping's groups
UNIVERSE_COLUMNS = ("sample_weight", "country", "sector", *STOCK_IDENTIFIERS)
HORIZON = re.compile(r".*_([0-9]+)")
TOP_KEYS = ("tournament", "kind", "groups", "id_type", "era", "feature_sets", "files")
ERA_KEYS = ("column", "first", "days")
FILE_KEYS = (
    *("pattern", "group", "stock", "id_type", "era", "era_in_name", "universe", "has_dummies"),
    *("weights", "factors", "neutralizers", "targets", "submissions"),
    *("as_ranks", "account", "is_example", "is_benchmark"),
)
TARGET_KEYS = ("column", "days", "is_binned")


@dataclass(frozen=True)
class EraRule:
    """Where a row's era stands. ``first``: eras are numbered, and this is the day of era 1."""

    columns: tuple[str, ...]
    first: date | None = None
    days: int = 7


@dataclass(frozen=True)
class TargetRule:
    """Columns of which the first that a file has is the target; days of return; whether to bin its values."""

    columns: tuple[str, ...]
    days: int
    is_binned: bool = False


@dataclass(frozen=True)
class FileRule:
    """What becomes of the files of one pattern: landed name → columns; the first that is there is used.

    universe : None of a file that does not say which stocks a round has
    group : of a file whose pattern does not name one
    as_ranks : whether signals, which may be any numbers, are landed as their ranks in the era
    """

    patterns: tuple[str, ...]
    stock: tuple[str, ...]
    id_type: str
    era: EraRule
    group: str = ""
    era_in_name: str | None = None
    universe: dict[str, tuple[str, ...]] | None = None
    has_dummies: bool = False
    weights: tuple[str, ...] = ()
    factors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    neutralizers: tuple[str, ...] = ()
    targets: dict[str, TargetRule] = field(default_factory=dict)
    submissions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    as_ranks: bool = False
    account: str | None = None
    is_example: bool = False
    is_benchmark: bool = False

    def group_of(self, name, groups):
        """The group of a file of this name below the folder; None where no pattern is of it."""
        named = f"(?P<group>{'|'.join(map(re.escape, groups))})"
        for pattern in self.patterns:
            found = re.fullmatch(fnmatch.translate(pattern).replace(re.escape(GROUP), named), name)
            if found:
                return found.groupdict().get("group") or self.group
        return None


@dataclass(frozen=True)
class Mapping:
    """A tournament, the kind of its rounds, and the rules of its files."""

    tournament: str
    kind: str
    files: tuple[FileRule, ...]
    groups: tuple[str, ...] = ()
    feature_sets: str | None = None


def days_in(name):
    """The days of return that a target's name ends in, as cyrus_20 does; None if it ends in none."""
    found = HORIZON.fullmatch(str(name))
    return int(found[1]) if found else None


def shape(name) -> Mapping:
    """One of the mappings that come with the package, by its name in `SHAPES`."""
    text = (resources.files(__package__) / f"{name}.yml").read_text("utf-8")
    return _mapping(text, name)


def read_mapping(path) -> Mapping:
    """The mapping in a file.

    Raises
    ------
    MappingError
        With a line for each fault.
    """
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise MappingError(f"{path} cannot be read: {reason}") from error
    return _mapping(text, path)


def _mapping(text, place):
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        problem = getattr(error, "problem", None) or "it is no YAML"
        raise MappingError(f"{place}:{line} {problem}") from error
    reader = _Reader(place)
    mapping = reader.mapping(document)
    if reader.faults:
        raise MappingError("\n".join(reader.faults))
    return mapping


class _Reader:
    """Reads a document and notes each fault in a line, so that all are told at once."""

    def __init__(self, place):
        self.place, self.faults = place, []

    def fault(self, where, what):
        self.faults.append(f"{self.place}: {where}: {what}")

    def mapping(self, document):
        if not isinstance(document, dict):
            self.fault("the file", f"holds no keys: it needs {', '.join(TOP_KEYS)}")
            return None
        self._known("the file", document, TOP_KEYS)
        tournament = document.get("tournament")
        if not isinstance(tournament, str):
            self.fault("tournament", "name whose rules apply, as house")
        kind = document.get("kind", "validation")
        if kind not in KINDS:
            self.fault("kind", f"{kind!r} is neither live nor validation")
        files = document.get("files")
        if not isinstance(files, list) or not files:
            self.fault("files", "list at least one file, with its pattern")
            files = []
        rules = [self._file(f"files, number {n}", d, document) for n, d in enumerate(files, 1)]
        rules = tuple(rule for rule in rules if rule is not None)
        if rules and not any(rule.universe is not None for rule in rules):
            self.fault("files", "none has `universe`: one says which stocks a round has")
        groups = self._names("groups", document.get("groups"))
        sets = document.get("feature_sets")
        return Mapping(tournament, kind, rules, groups, sets)

    def _file(self, where, document, top):
        if not isinstance(document, dict):
            self.fault(where, "give keys: pattern, stock and what it holds")
            return None
        self._known(where, document, FILE_KEYS)
        for needed in ("pattern", "stock"):
            if not document.get(needed):
                self.fault(where, f"there is no `{needed}`")
        id_type = document.get("id_type", top.get("id_type", "id"))
        if id_type not in (*STOCK_IDENTIFIERS, "id"):
            allowed = ", ".join((*STOCK_IDENTIFIERS, "id"))
            self.fault(f"{where}: id_type", f"{id_type!r} is none of {allowed}")
        name = document.get("era_in_name")
        if name is not None and not _has_one_group(name):
            self.fault(f"{where}: era_in_name", "give a pattern with one (group), the day")
        held = ("universe", "weights", "factors", "neutralizers", "targets", "submissions")
        if not any(key in document for key in held):
            self.fault(where, f"say what it holds: one of {', '.join(held)}")
        return FileRule(
            patterns=self._names(f"{where}: pattern", document.get("pattern")),
            stock=self._names(f"{where}: stock", document.get("stock")),
            id_type=id_type,
            era=self._era(f"{where}: era", document.get("era", top.get("era")), name),
            group=document.get("group", ""),
            era_in_name=name,
            universe=self._universe(where, document),
            has_dummies=bool(document.get("has_dummies", False)),
            weights=self._names(f"{where}: weights", document.get("weights")),
            factors=self._columns(f"{where}: factors", document.get("factors")),
            neutralizers=self._names(f"{where}: neutralizers", document.get("neutralizers")),
            targets=self._targets(f"{where}: targets", document.get("targets")),
            submissions=self._columns(f"{where}: submissions", document.get("submissions")),
            as_ranks=bool(document.get("as_ranks", False)),
            account=document.get("account"),
            is_example=bool(document.get("is_example", False)),
            is_benchmark=bool(document.get("is_benchmark", False)),
        )

    def _era(self, where, document, era_in_name):
        if document is None:
            if era_in_name is None:
                self.fault(where, "say which column has a row's era, as {column: date}")
            return EraRule(())
        if isinstance(document, str):
            document = {"column": document}
        if not isinstance(document, dict):
            self.fault(where, "give a column, or column, first and days")
            return EraRule(())
        self._known(where, document, ERA_KEYS)
        first, days = document.get("first"), document.get("days", 7)
        if first is not None and not isinstance(first, date):
            self.fault(f"{where}: first", f"{first!r} is not a day, as 2003-01-10")
        if not isinstance(days, int) or isinstance(days, bool) or days < 1:
            self.fault(f"{where}: days", f"{days!r} is no number of days from one era to the next")
        return EraRule(self._names(f"{where}: column", document.get("column")), first, days)

    def _universe(self, where, document):
        if "universe" not in document:
            return None
        found = self._columns(f"{where}: universe", document["universe"])
        for name in found:
            if name not in UNIVERSE_COLUMNS:
                allowed = ", ".join(UNIVERSE_COLUMNS)
                self.fault(f"{where}: universe", f"{name!r} is none of {allowed}")
        return found

    def _targets(self, where, document):
        if document is not None and not isinstance(document, dict):
            self.fault(where, "give a name and its column, as {return_20: my_column}")
            return {}
        return {
            name: self._target(f"{where}: {name}", name, d) for name, d in (document or {}).items()
        }

    def _target(self, where, name, document):
        if not isinstance(document, dict):
            document = {"column": document}
        self._known(where, document, TARGET_KEYS)
        days = document.get("days", days_in(name))
        if not isinstance(days, int) or isinstance(days, bool) or days < 1:
            self.fault(where, "its name does not end in its days of return, as _20: give `days`")
        columns = self._names(f"{where}: column", document.get("column"))
        return TargetRule(columns, days, bool(document.get("is_binned", False)))

    def _columns(self, where, document):
        if document is not None and not isinstance(document, dict):
            self.fault(where, 'give names and columns, as {beta: my_beta, "*": "feature_*"}')
            return {}
        return {
            str(name): self._names(f"{where}: {name}", c) for name, c in (document or {}).items()
        }

    def _names(self, where, given):
        names = given if isinstance(given, list) else [given] if given is not None else []
        if not all(isinstance(name, str) and name for name in names):
            self.fault(where, f"{given!r} is neither a name nor a list of names")
            return ()
        return tuple(names)

    def _known(self, where, document, keys):
        for key in document:
            if key not in keys:
                self.fault(where, f"{key!r} is none of {', '.join(keys)}")


def _has_one_group(pattern):
    try:
        return re.compile(pattern).groups == 1
    except (re.error, TypeError):
        return False
