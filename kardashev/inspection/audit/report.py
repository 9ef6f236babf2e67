"""What an audit found, as a table with a line for each difference, or as JSON."""

import json
import math
from dataclasses import asdict

from kardashev.printing import print_table

MOST_LINES = 20  # of one part; JSON has all


def print_findings(path, makers, numbers, parts):
    """Prints each part's largest gap, what is not recomputed, and each difference.

    Parameters
    ----------
    path : Path of the published copy
    makers : list of str, what built the rounds
    numbers : list of int, the rounds
    parts : dict of name → kardashev.inspection.audit.gaps.Part
    """
    several = f"{len(numbers)} rounds, {numbers[0]} to {numbers[-1]}"
    print(f"audit of {f'round {numbers[0]}' if len(numbers) == 1 else several} of {path}")
    for line in makers:
        print(line)
    print()
    rows = [
        (part.name, part.count, _gap(part), part.where if part.largest else "")
        for part in parts.values()
    ]
    print_table(("part", "compared", "largest gap", "where"), rows)
    print()
    for part in parts.values():
        if part.skipped:
            print(f"not compared: {part.skipped}")
        for finding in part.findings[:MOST_LINES]:
            print(finding.line())
        if len(part.findings) > MOST_LINES:
            print(f"{part.name}: {len(part.findings) - MOST_LINES:,} more; --json has them all")
    count = sum(len(part.findings) for part in parts.values())
    print(
        f"{count:,} {'difference' if count == 1 else 'differences'}"
        if count
        else "everything agrees"
    )


def print_json(numbers, parts):
    """Prints all of it as JSON; arguments as those of `print_findings`."""
    found = {
        "rounds": numbers,
        "agrees": not any(part.findings for part in parts.values()),
        "parts": [
            {
                "part": part.name,
                "compared": part.count,
                "largest_gap": _value(part.largest),
                "where": part.where or None,
                "tolerance": part.tolerance,
                "not_compared": part.skipped or None,
                "differences": [
                    {name: _value(value) for name, value in asdict(finding).items()}
                    for finding in part.findings
                ],
            }
            for part in parts.values()
        ],
    }
    print(json.dumps(found, indent=2))


def _gap(part):
    if math.isinf(part.largest) or (part.findings and not part.largest):
        return "differs"
    return f"{part.largest:.1e}" if part.count else ""


def _value(value):
    """A figure as JSON has it: no infinity, no NaN, no numpy."""
    value = value.item() if hasattr(value, "item") else value
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
