"""`kardashev audit`: what is asked, what is printed, and the exit status."""

import duckdb

from kardashev.errors import KardashevError, LandingError, WarehouseError
from kardashev.inspection.audit.close import window
from kardashev.inspection.audit.evidence import Evidence, rows_of
from kardashev.inspection.audit.gaps import Part
from kardashev.inspection.audit.published import reading_copy
from kardashev.inspection.audit.report import print_findings, print_json
from kardashev.inspection.audit.rounds import PARTS, RoundAudit, failed, formulas, landed_round
from kardashev.inspection.audit.rules import Rules, differences, seed_rows

AGREES, DIFFERS = 0, 1
LISTED = "landing"
# Of a landing that is not what the round was made from, anything may be missing, or of another kind.
UNRECOMPUTED = (
    *(KardashevError, duckdb.Error, ArithmeticError, AssertionError, AttributeError),
    *(LookupError, TypeError, ValueError),
)


def audit(published, landing, project, numbers, last, as_json, progress):
    """Audits rounds, and prints the largest gap of each part and every difference.

    Parameters
    ----------
    published : Path of the published copy
    landing : Path of the landed files
    project : Path of the dbt project, whose seeds are held against the rules that applied
    numbers : (first, last) round, or None with ``last``, how many of the newest ones
    as_json : bool
    progress : function of a message

    Returns
    -------
    int, `AGREES` or `DIFFERS`

    Raises
    ------
    KardashevError
        When there is no published copy, no landing, or no such round.
    """
    with reading_copy(published) as copy:
        chosen = _chosen(copy, numbers, last)
        if not landing.is_dir():
            raise LandingError(f"no landing at {landing}")
        parts = audited(copy, landing, project / "seeds" / "rules", chosen, progress)
        makers = list(copy.makers(chosen))
    if as_json:
        print_json(chosen, parts)
    else:
        print_findings(published, makers, chosen, parts)
    return DIFFERS if any(part.findings for part in parts.values()) else AGREES


def audited(copy, landing, seeds, numbers, progress=lambda message: None):
    """Every part of some rounds together.

    Parameters
    ----------
    copy : Published
    landing, seeds : Path
    numbers : list of int, ascending
    progress : function of a message

    Returns
    -------
    dict of name → `Part`
    """
    audits = RoundAudits(copy, landing, seeds, numbers)
    totals = {name: Part(name) for name in PARTS}
    for number in numbers:
        progress(f"round {number}")
        for part in audits.of(number):
            totals[part.name].add(part)
    return totals


class RoundAudits:
    """Audits of some rounds over one reading of the landing; what a window holds is prepared once."""

    def __init__(self, copy, landing, seeds, numbers):
        self.copy, self.seeds, self.forms = copy, seeds, formulas()
        self.rounds = rows_of(landing, "rounds")
        self.models = rows_of(landing, "models")
        self.windows = {number: self._window(number) for number in numbers}
        wanted = {*numbers, *(lag for lags in self.windows.values() for lag in lags)}
        self.evidence = Evidence(landing, copy, wanted)
        self.others = sorted(copy.duckdb_versions(wanted) - {duckdb.__version__})
        self.held, self.checked = {}, set()

    def of(self, number):
        """Every part of one round: list of Part."""
        lags = self.windows[number]
        listed, ruled = Part(LISTED), Part("rules")
        if self.others:
            listed.skipped = (
                f"landing: DuckDB {', '.join(self.others)} hashed it, and this one hashes otherwise"
            )
        else:
            for n in {number, *lags} - self.checked:
                self.evidence.check(listed, n)
            self.checked |= {number, *lags}
        rows = self._calendar(number)
        if not self.seeds.is_dir():
            ruled.skipped = f"rules: there is no {self.seeds} to hold them against"
        elif rows is not None:
            now = seed_rows(self.seeds, rows)
            differences(ruled, rows, self.copy.rule_rows(number), now)
        parts = [listed, ruled]
        try:
            self.held = {n: self._landed(n, number) for n in (*lags, number)}
            earlier = {lag: self.held[lag] for lag in lags}
            rows = self.copy.round(number)
            parts += RoundAudit(rows, self.held[number], earlier, self.rounds).run()
        except UNRECOMPUTED as error:
            parts.append(failed(number, LISTED, f"{type(error).__name__}: {error}"))
        return parts

    def _landed(self, number, of):
        """A round from its landed rows; one that is not published goes by the rules of the audited one."""
        if number in self.held:
            return self.held[number]
        rules = self.copy.rule_rows(number) or self.copy.rule_rows(of)
        return landed_round(number, rules, self.evidence, self.rounds, self.models, self.forms)

    def _calendar(self, number):
        rows = self.rounds[self.rounds["round_number"] == number].to_dict("records")
        return rows[0] if rows else None

    def _window(self, number):
        rows = self._calendar(number)
        if rows is None:
            return []
        return window(rows, Rules(self.copy.rule_rows(number), rows), self.rounds)


def _chosen(copy, numbers, last):
    if last is not None:
        chosen = copy.numbers[-last:]
        if not chosen:
            raise WarehouseError(f"{copy.path} has no round: land some and run `dbt build`")
        return chosen
    first, end = numbers
    chosen = [number for number in copy.numbers if first <= number <= end]
    if not chosen and first == end:
        if first in copy.calendar:
            raise WarehouseError(f"round {first} is not built: it was refused, or waits for a file")
        raise WarehouseError(f"round {first} is not in {copy.path}")
    if not chosen:
        raise WarehouseError(f"no round from {first} to {end} is in {copy.path}")
    return chosen
