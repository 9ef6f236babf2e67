"""The rule seeds, checked before a build begins: each wrong cell is one line, with file, line and column.

What a column may hold is itself a row, of ``rule_columns.csv``. Columns named first_… and last_… bound the
rounds and days that a row applies to; two rows of one key never apply to the same round and day.
"""

import csv
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from itertools import combinations

import yaml

from kardashev.errors import RuleError

FOLDER = "seeds/rules"
COLUMNS = "rule_columns"
LAST_ROUND = 2**31 - 1  # that a round_number holds
OF_ROUND, OF_SEED = "of_round", "of_seed"  # keys: one row in each round and day, one row at all
LIMITS = {
    "at_least": lambda value, limit: value >= limit,
    "above": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "below": lambda value, limit: value < limit,
}
DOCUMENTED = "@"  # before a pattern of models: the columns that these document are accepted


class CellError(ValueError):
    """What is wrong with a cell, in words."""


def _round(text):
    number = int(text)
    if "_" in text or not 0 <= number <= LAST_ROUND:
        raise ValueError
    return number


BOUNDS = {"round": _round, "date": date.fromisoformat}  # of first_… and last_…: how each is read


@dataclass(frozen=True)
class Row:
    """A row of a seed, and the line of the file that it ends on."""

    line: int
    cells: dict


def check_rules(project):
    """Refuses rules that mean nothing.

    Parameters
    ----------
    project : Path of the dbt project

    Raises
    ------
    RuleError
        A line for each fault of the seeds in ``seeds/rules``.
    """
    folder = project / FOLDER
    documented = _Documented(project)
    columns = _columns(folder, documented)
    faults, seeds = [], {}
    for seed in columns:
        path = folder / f"{seed}.csv"
        try:
            seeds[seed] = _rows(path)
            _check_header(seeds[seed], columns[seed])
        except (OSError, UnicodeDecodeError, csv.Error, CellError) as error:
            faults.append(f"{FOLDER}/{seed}.csv: {error}")
    if not faults:
        for seed, rows in seeds.items():
            faults += _faults(seed, rows, columns[seed], seeds, documented)
    if faults:
        raise RuleError("\n".join(faults))


def _columns(folder, documented):
    """seed → column → its row of `COLUMNS`, a seed that describes itself and is checked before all others."""
    columns = defaultdict(dict)
    try:
        rows = _rows(folder / f"{COLUMNS}.csv")
        for row in rows:
            columns[row.cells["seed_name"]][row.cells["column_name"]] = row.cells
        _check_header(rows, columns[COLUMNS])
    except (OSError, UnicodeDecodeError, csv.Error, CellError, KeyError) as error:
        raise RuleError(f"{FOLDER}/{COLUMNS}.csv: {error}") from None
    faults = _faults(COLUMNS, rows, columns[COLUMNS], {COLUMNS: rows}, documented)
    if faults:
        raise RuleError("\n".join(faults))
    return columns


def _faults(seed, rows, columns, seeds, documented):
    """A line for each wrong cell and each row that repeats another."""
    found = [
        *_wrong_cells(rows, columns, seeds, documented),
        *_repeated_rows(rows, columns),
    ]
    return [f"{FOLDER}/{seed}.csv line {line}, {fault}" for line, fault in sorted(found)]


def _rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        rows = []
        for cells in reader:
            if cells and len(cells) != len(header):
                raise CellError(
                    f"line {reader.line_num} has {len(cells)} cells, the header {len(header)}"
                )
            if cells:
                rows.append(Row(reader.line_num, dict(zip(header, cells, strict=True))))
    if not rows:
        raise CellError("no rows: keep the file's header and at least one rule")
    return rows


def _check_header(rows, columns):
    header, bounds = (
        rows[0].cells.keys(),
        {f"{end}_{b}" for end in ("first", "last") for b in BOUNDS},
    )
    for name in header - columns.keys() - bounds:
        raise CellError(f"line 1: no column is named {name!r}: one of {', '.join(columns)}")
    for name in columns.keys() - header:
        raise CellError(f"line 1: the column {name} is missing")


def _wrong_cells(rows, columns, seeds, documented):
    """(line, fault) of cells that their column does not take."""
    for row in rows:
        narrowed = dict(seeds)  # rows of other seeds that fit the cells so far
        for name, column in columns.items():
            try:
                _check_cell(row.cells[name], column, row.cells, narrowed, documented)
            except CellError as error:
                yield row.line, f"column {name}: {error}"
            except (KeyError, TypeError, ValueError):
                yield row.line, f"column {name}: what {COLUMNS}.csv says of it means nothing"
        for bound in BOUNDS:
            for end in ("first", "last"):
                try:
                    _end(row.cells, end, bound)
                except CellError as error:
                    yield row.line, f"column {end}_{bound}: {error}"


def _check_cell(text, column, cells, narrowed, documented):
    if not text:
        if _is_needed(column["needed"], cells):
            raise CellError(f"is empty, and needed ({column['needed']})")
        return
    value = _value(text, column["value_type"])
    for limit, holds in LIMITS.items():
        if column[limit] and not holds(value, float(column[limit])):
            raise CellError(f"{text} is not {limit.replace('_', ' ')} {column[limit]}")
    patterns = documented.names(column["accepted"].split("|")) if column["accepted"] else []
    references = column["refers_to"].split("|") if column["refers_to"] else []
    if column["value_type"] == "names":
        for name in text.split("+"):
            _check_name(name, patterns, references, cells, dict(narrowed))
    elif patterns or references:
        _check_name(text, patterns, references, cells, narrowed)


def _check_name(name, patterns, references, cells, narrowed):
    """Refuses a name that is not accepted; one of a seed narrows that seed for the cells to come."""
    if any(fnmatchcase(name, pattern) for pattern in patterns):
        return
    tournament = cells.get("tournament", "")
    for reference in references:
        seed, column = reference.split(".")
        fitting = [
            row
            for row in narrowed[seed]
            if row.cells[column] == name and tournament in ("", row.cells.get("tournament", ""))
        ]
        if fitting:
            narrowed[seed] = fitting
            return
    of = f" of {tournament}" if tournament else ""
    faults = [f"not one of {', '.join(patterns)}"] if patterns else []
    faults += [f"no {reference}{of}" for reference in references]
    raise CellError(f"{name!r} is {', and '.join(faults)}")


def _is_needed(needed, cells):
    column, _, values = needed.partition("=")
    return needed == "always" or (bool(values) and cells.get(column) in values.split("|"))


def _value(text, kind):
    if text != text.strip():
        raise CellError(f"{text!r} has a blank before or after it")
    try:
        if kind == "boolean" and text not in ("true", "false"):
            raise CellError(f"{text!r} is not true or false")
        if kind in ("integer", "number"):
            value = int(text) if kind == "integer" else float(text)
            if "_" in text or not math.isfinite(value):
                raise ValueError
            return value
    except ValueError as error:
        if isinstance(error, CellError):
            raise
        raise CellError(
            f"{text!r} is not {'a whole' if kind == 'integer' else 'a'} number"
        ) from None
    return text


def _end(cells, end, bound):
    """The first or the last round or day that a row applies to, None where there is no bound."""
    text = cells.get(f"{end}_{bound}")
    try:
        value = BOUNDS[bound](text) if text else None
    except ValueError:
        raise CellError(f"{text!r} is no {bound}") from None
    if end == "last" and value is not None:
        first = _end(cells, "first", bound)
        if first is not None and first > value:
            raise CellError(f"{text} is before first_{bound}, {first}: the row never applies")
    return value


def _repeated_rows(rows, columns):
    """(line, fault) of rows that apply where a row of the same key does."""
    for kind in (OF_ROUND, OF_SEED):
        key = [name for name, column in columns.items() if column["key"] == kind]
        for one, other in combinations(rows, 2) if key else ():
            is_same = all(
                one.cells[n] == other.cells[n]
                or (n == "tournament" and "" in (one.cells[n], other.cells[n]))
                for n in key
            )
            if is_same and (kind == OF_SEED or _apply_together(one.cells, other.cells)):
                named = " ".join(other.cells[name] for name in key)
                once = (
                    "is there already" if kind == OF_SEED else "applies in rounds and days of a row"
                )
                yield other.line, f"column {key[-1]}: {named} {once}, line {one.line}"


def _apply_together(one, other):
    """Whether some round and day lies within the bounds of both; a bound of no meaning is said elsewhere."""
    for bound in BOUNDS:
        try:
            firsts, lasts = (
                [value for cells in (one, other) if (value := _end(cells, end, bound)) is not None]
                for end in ("first", "last")
            )
        except CellError:
            return False
        if firsts and lasts and max(firsts) > min(lasts):
            return False
    return True


class _Documented:
    """Columns that models document, by a pattern of the models' names; read when first asked for."""

    def __init__(self, project):
        self.project, self.found = project, {}

    def names(self, patterns):
        """The patterns, with each `@models` replaced by the columns that these models document."""
        return [
            name
            for pattern in patterns
            for name in (
                self._columns(pattern[1:]) if pattern.startswith(DOCUMENTED) else [pattern]
            )
        ]

    def _columns(self, models):
        if models not in self.found:
            names = {}
            for folder in ("models", "python_models"):
                for path in sorted((self.project / folder).rglob("_*models.yml")):
                    text = path.read_text()
                    if models.split("*")[-1] in text:
                        content = yaml.load(text, Loader=yaml.CSafeLoader)
                        for model in content.get("models", []):
                            if fnmatchcase(model["name"], models):
                                names |= {column["name"]: None for column in model["columns"]}
            self.found[models] = list(names)
        return self.found[models]
