"""`kardashev audit`: what is asked, what is printed, and the exit status."""

import json
import math
from dataclasses import asdict

from kardashev.errors import KardashevError, LandingError, WarehouseError
from kardashev.inspection.audit.close import window
from kardashev.inspection.audit.evidence import Evidence
from kardashev.inspection.audit.gaps import Part
from kardashev.inspection.audit.published import Published
from kardashev.inspection.audit.rounds import PARTS, RoundAudit, failed, formulas, landed_round
from kardashev.inspection.audit.rules import Rules, differences, seed_rows

AGREES, DIFFERS = 0, 1
MOST_LINES = 20  # of one part of one round; --json has all
LISTED = "landing"


def audit(published, landing, project, numbers=None, last=None, as_json=False, progress=print):
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
    copy = Published(published)
    chosen = _chosen(copy, numbers, last)
    if not landing.is_dir():
        raise LandingError(f"no landing at {landing}")
    parts = audited(copy, landing, project / "seeds" / "rules", chosen, progress)
    findings = [finding for part in parts.values() for finding in part.findings]
    if as_json:
        print(json.dumps(_as_json(chosen, parts), indent=2))
    else:
        _print(copy, chosen, parts, findings)
    return DIFFERS if findings else AGREES


def audited(copy, landing, seeds, numbers, progress=lambda message: None):
    """Every part of some rounds together: dict of name → `Part`."""
    totals = {name: Part(name) for name in PARTS}
    files, rules = copy.files(), {}
    # Which rounds a window holds is in rounds/ alone, so these files come first.
    calendar = Evidence(landing, files.iloc[:0].assign(path=""), set()).all_rows("rounds")
    windows = {}
    for number in numbers:
        rules[number] = copy.rule_rows(number)
        rows = calendar[calendar["round_number"] == number].to_dict("records")
        windows[number] = window(rows[0], Rules(rules[number], rows[0]), calendar) if rows else []
    wanted = set(numbers) | {lag for lags in windows.values() for lag in lags}
    evidence = Evidence(landing, files, wanted)
    models = evidence.all_rows("models")
    forms = formulas()
    for number in numbers:
        progress(f"round {number}")
        for part in _one(
            copy, evidence, seeds, number, windows[number], calendar, models, rules, forms
        ):
            totals[part.name].add(part)
    return totals


def _one(copy, evidence, seeds, number, lags, calendar, models, rules, forms):
    files, ruled = Part(LISTED), Part("rules")
    for n in (number, *lags):
        evidence.check(files, n)
    rows = calendar[calendar["round_number"] == number].to_dict("records")
    if not seeds.is_dir():
        ruled.skipped = f"there is no {seeds} to hold them against"
    elif rows:
        differences(ruled, rows[0], rules[number], seed_rows(seeds, rows[0]))
    parts = [files, ruled]
    try:
        landed = landed_round(number, rules[number], evidence, calendar, models)
        earlier = {}
        for lag in lags:
            of_lag = copy.rule_rows(lag) or rules[number]
            earlier[lag] = landed_round(lag, of_lag, evidence, calendar, models)
        run = RoundAudit(copy.round(number), landed, earlier, calendar, forms)
        parts += run.run()
    except (KardashevError, KeyError, ValueError) as error:
        parts.append(failed(number, LISTED, f"{type(error).__name__}: {error}"))
    return parts


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


def _print(copy, numbers, parts, findings):
    several = f"rounds {numbers[0]} to {numbers[-1]}, {len(numbers)} of them"
    print(f"audit of {f'round {numbers[0]}' if len(numbers) == 1 else several}, of {copy.path}")
    for line in copy.makers(numbers):
        print(line)
    print("\n  part                 compared    largest gap  where")
    for part in parts.values():
        gap = (
            ""
            if not part.count
            else "differs"
            if math.isinf(part.largest)
            else f"{part.largest:.1e}"
        )
        if part.findings and not part.largest:
            gap = "differs"
        print(f"  {part.name:<18} {part.count:>10,}    {gap:>11}  {part.where}".rstrip())
    for part in parts.values():
        if part.skipped:
            print(f"\nnot recomputed: {part.skipped}")
    print()
    for part in parts.values():
        for finding in part.findings[:MOST_LINES]:
            print(finding.line())
        if len(part.findings) > MOST_LINES:
            print(f"{part.name}: {len(part.findings) - MOST_LINES:,} more; --json has them all")
    if findings:
        print(f"{len(findings):,} differences")
    else:
        print("everything agrees")


def _as_json(numbers, parts):
    return {
        "rounds": numbers,
        "agrees": not any(part.findings for part in parts.values()),
        "parts": [
            {
                "part": part.name,
                "compared": part.count,
                "largest_gap": _number(part.largest),
                "where": part.where or None,
                "tolerance": part.tolerance,
                "not_recomputed": part.skipped or None,
                "differences": [
                    {name: _number(value) for name, value in asdict(finding).items()}
                    for finding in part.findings
                ],
            }
            for part in parts.values()
        ],
    }


def _number(value):
    """JSON has no infinity and no NaN."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    return value.item() if hasattr(value, "item") else value
