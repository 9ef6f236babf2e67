"""Which scores the rule seeds know in a round: by what name, in which version, final on which day."""

import csv

from kardashev.errors import LandingError

NO_TARGET = "none"
PLAIN = "v1"


class ScoreRules:
    """The rows of one tournament.

    Parameters
    ----------
    folder : Path of the rule seeds
    tournament : str

    Raises
    ------
    LandingError
        When no rule is of the tournament.
    """

    def __init__(self, folder, tournament):
        definitions = _rows(folder, "score_definitions")
        self.definitions = [row for row in definitions if row["tournament"] == tournament]
        if not self.definitions:
            known = ", ".join(sorted({row["tournament"] for row in definitions}))
            raise LandingError(
                f"no rules are of the tournament {tournament!r}: those of {known} are"
            )
        canon = _rows(folder, "canon_scores")
        self.canon = [row for row in canon if row["tournament"] == tournament]
        self.final_days = {
            row["target"]: int(row["final_score_day"])
            for row in _rows(folder, "target_definitions")
            if row["tournament"] == tournament
        }

    def find(self, score, number, day):
        """(version, final score_day) of a score in a round that opens on a day; None if it has none there.

        The version is the official one, if the score is official in the round.
        """
        official = [
            row["score_version"]
            for row in self.canon
            if row["score"] == score and _applies(row, number, day)
        ]
        version = official[0] if official else PLAIN
        for row in self.definitions:
            if (row["score"], row["score_version"]) == (score, version) and _applies(
                row, number, day
            ):
                target = row["target"]
                return None if target == NO_TARGET else (version, self.final_days[target])
        return None

    def series(self, score):
        """The official series that a score belongs to in any round; else its own name."""
        return next((row["metric"] for row in self.canon if row["score"] == score), score)


def _rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _applies(row, number, day):
    first, last = row["first_round"], row["last_round"]
    is_of_round = (not first or int(first) <= number) and (not last or number <= int(last))
    first, last = row["first_date"], row["last_date"]
    return (
        is_of_round
        and (not first or first <= day.isoformat())
        and (not last or day.isoformat() <= last)
    )
