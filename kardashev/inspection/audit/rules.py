"""The rule rows that applied to a round, as dicts, and the seeds that they are held against."""

import csv
from fnmatch import fnmatchcase

from kardashev.inspection.audit.gaps import Finding

DATED = (
    *("score_definitions", "meta_model_definitions", "payout_rules", "portfolio_limits"),
    *("dropout_rules", "stability_rules", "contract_expectations"),
)
UNDATED = ("canon_scores", "target_definitions", "factor_sets")
TERMS = "payout_terms"
BOUNDS = ("first_round", "last_round", "first_date", "last_date")
OFFICIAL, PORTFOLIO_FACTORS, NO_TARGET = "official", "portfolio_factors", "none"


class Rules:
    """The rules of one round.

    Parameters
    ----------
    rows : dict, name of a seed → list of dict; of canon_scores every row of the tournament
    calendar : mapping with tournament, round_number and open_at of the round
    """

    def __init__(self, rows, calendar):
        self.rows, self.calendar = rows, calendar
        self.scores = self.of("score_definitions")
        self.stability = self._single("stability_rules") or {}
        self.meta_models = self.of("meta_model_definitions")
        self.payout = self._single("payout_rules")

    def of(self, name):
        """The rows of one seed."""
        return self.rows.get(name, [])

    def _single(self, name):
        return next(iter(self.of(name)), None)

    def final_day(self, target):
        """The last score day of a target; 0 of `none`; None of a target that is not defined."""
        days = {row["target"]: row["final_score_day"] for row in self.of("target_definitions")}
        return 0 if target == NO_TARGET else days.get(target)

    def factors(self, factor_set, landed):
        """The landed factors of a set, or of several joined by a plus."""
        parts = factor_set.split("+")
        patterns = [r["factor_pattern"] for r in self.of("factor_sets") if r["factor_set"] in parts]
        return [name for name in landed if any(fnmatchcase(name, p) for p in patterns)]

    def limits(self):
        """The portfolio's limits by name."""
        return {row["constraint_name"]: row["limit_value"] for row in self.of("portfolio_limits")}

    def terms(self):
        """What the payout rule pays on: list of (score, version, multiplier, names of landed multipliers).

        A multiplier may be landed under the name of the score, of its official series, or of another score
        of that series; the first of these that is landed counts.
        """
        canon, found = self.of("canon_scores"), []
        for row in self.of(TERMS):
            term = row["score"], row["score_version"]
            officials = [r for r in canon if _applies(r, self.calendar) and _is_named(r, term)]
            if officials:
                official = officials[0]
                term = official["score"], official["score_version"]
                series = {r["score"] for r in canon if r["metric"] == official["metric"]}
                names = [term[0], official["metric"], *sorted(series)]
            else:
                names = [term[0]]
            found.append((*term, row["multiplier"], names))
        return found

    def keeps_daily(self, definition):
        """Whether a score keeps the values of days before the last one."""
        paid = {(score, version) for score, version, *_ in self.terms()}
        return (
            definition["keeps_daily"] or (definition["score"], definition["score_version"]) in paid
        )


def seed_rows(folder, calendar):
    """The rows of the seeds that apply to a round, in the form of `Published.rule_rows`.

    Parameters
    ----------
    folder : Path of the seeds
    calendar : mapping with tournament, kind, round_number and open_at of the round
    """
    rows = {name: _read(folder / f"{name}.csv") for name in (*DATED, *UNDATED, TERMS)}
    chosen = {name: [row for row in rows[name] if _applies(row, calendar)] for name in DATED}
    for name in UNDATED:
        chosen[name] = [r for r in rows[name] if r["tournament"] == calendar["tournament"]]
    kind = calendar["kind"]
    chosen["stability_rules"] = [r for r in chosen["stability_rules"] if r["kind"] == kind]
    uploads = [r for r in chosen["contract_expectations"] if r["contract"] == "submission"]
    chosen["contract_expectations"] = uploads
    paying = {row["payout_rule"] for row in chosen["payout_rules"]}
    chosen[TERMS] = [row for row in rows[TERMS] if row["payout_rule"] in paying]
    return chosen


def differences(part, calendar, applied, seeds):
    """Adds to a part each rule row that applied and is no longer in the seeds, and each that is new there.

    The bounds of a row say where it applies, and nothing else: they are not compared.
    """
    number = calendar["round_number"]
    for name in (*DATED, *UNDATED, TERMS):
        before, now = (
            {
                _canonical(row): row
                for row in (_unbound(name, row, calendar) for row in rows.get(name, []))
                if _matters(name, row, applied)
            }
            for rows in (applied, seeds)
        )
        part.count += len(before)
        gone, new = (
            [d[k] for k in d if k not in other] for d, other in ((before, now), (now, before))
        )
        for row in gone:
            twin = max(new, key=lambda other: _alike(row, other), default=None)
            if twin is not None and _alike(row, twin) * 2 > len(row):
                new.remove(twin)
                changes = "; ".join(
                    f"{c} was {_text(row[c]) or 'empty'}, is {_text(twin[c]) or 'empty'}"
                    for c in row
                    if _text(row[c]) != _text(twin.get(c))
                )
                part.findings.append(
                    Finding(number, part.name, f"{name}.csv: {_name(row)}: {changes}")
                )
            else:
                what = f"{name}.csv: {_name(row)} applied, and is not there now"
                part.findings.append(Finding(number, part.name, what))
        for row in new:
            what = f"{name}.csv: {_name(row)} applies now, and did not when the round was built"
            part.findings.append(Finding(number, part.name, what))


def _read(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _applies(row, calendar):
    """Whether a row, of JSON or of CSV, applies to a round."""
    if row["tournament"] not in ("", None, calendar["tournament"]):
        return False
    first_round, last_round, first_date, last_date = (row[bound] for bound in BOUNDS)
    day, number = str(calendar["open_at"])[:10], calendar["round_number"]
    return (
        (first_round in ("", None) or int(float(first_round)) <= number)
        and (last_round in ("", None) or number <= int(float(last_round)))
        and (first_date in ("", None) or first_date <= day)
        and (last_date in ("", None) or day <= last_date)
    )


def _is_named(official, term):
    """Whether a term of a payout rule names a row of the canon: its series, or that very score."""
    score, version = term
    if version == OFFICIAL:
        return official["metric"] == score
    return (official["score"], official["score_version"]) == term


def _unbound(name, row, calendar):
    """A row without its bounds; of the canon, with whether it applies."""
    kept = {column: value for column, value in row.items() if column not in BOUNDS}
    return kept | {"applies": _applies(row, calendar)} if name == "canon_scores" else kept


def _matters(name, row, applied):
    """Whether a row says anything about the round: those of sets and targets that no score names do not."""
    scores = applied.get("score_definitions", [])
    if name == "factor_sets":
        used = {part for s in scores for part in (s["factor_set"] or "").split("+")}
        return row["factor_set"] in used | {PORTFOLIO_FACTORS}
    if name == "target_definitions":
        return row["target"] in {s["target"] for s in scores}
    if name == "canon_scores":
        return (row["score"], row["score_version"]) in {
            (s["score"], s["score_version"]) for s in scores
        }
    return True


def _canonical(row):
    return tuple((column, _text(value)) for column, value in row.items())


def _text(value):
    """A cell as JSON or CSV has it, in one form."""
    if value is None:
        return ""
    text = str(value)
    try:
        return repr(float(text))
    except ValueError:
        return text.lower() if text.lower() in ("true", "false") else text


def _alike(row, other):
    return sum(_text(row[c]) == _text(other.get(c)) for c in row)


def _name(row):
    """What a row is about: its texts, as far as they name it."""
    texts = [v for c, v in row.items() if isinstance(v, str) and v and not c.endswith("_date")]
    return " ".join(texts[:4])
