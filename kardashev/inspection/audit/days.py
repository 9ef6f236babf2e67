"""The target days that a round has scores of, by what is landed, and every score on them."""

import numpy as np
import pandas as pd

from kardashev.inspection.audit import portfolio
from kardashev.inspection.audit.rules import NO_TARGET
from kardashev.inspection.audit.scores import Scorer

TRUE_CONTRIBUTION, LANDED = "tc", "landed"  # families
UNDROPPED = "undropped"


def is_known(definition):
    """Whether the audit has a way to take a score."""
    if definition["family"] == TRUE_CONTRIBUTION:
        return definition["score_version"] == UNDROPPED
    return definition["family"] == LANDED or hasattr(Scorer, f"_{definition['family']}")


def expected_days(rules, targets, elsewhere, is_closed):
    """The days that a round has values of, and of which delivery.

    Parameters
    ----------
    rules : kardashev.inspection.audit.rules.Rules
    targets : iterable of (target, score_day, known_at), the landed deliveries
    elsewhere : pandas.DataFrame, landed scores
    is_closed : whether the round has closed: scores without a target are taken then

    Returns
    -------
    dict, (score, score_version, target, score_day) → known_at of the newest delivery; None where
        there is no target
    """
    found = {}
    for row in rules.scores:
        name = row["score"], row["score_version"]
        days = {(day, at) for target, day, at in targets if target == row["target"]}
        if row["family"] == LANDED:
            days = set()
        is_of_score = (elsewhere["score"] == name[0]) & (elsewhere["score_version"] == name[1])
        of_score = elsewhere.loc[is_of_score, ["score_day", "known_at"]]
        days |= set(of_score.itertuples(index=False, name=None))
        final = rules.final_day(row["target"])
        has_final = any(day == final for day, _ in days)
        for day, at in days:
            if final is None or not 0 <= day <= final:
                continue
            if day == final or not has_final or rules.keeps_daily(row):
                key = (*name, row["target"], day)
                found[key] = max(found.get(key, at), at)
        if row["target"] == NO_TARGET and row["family"] != LANDED and is_closed:
            found.setdefault((*name, NO_TARGET, 0), None)
    return found


class ScoredDays:
    """Scores of one round on its target days.

    Parameters
    ----------
    landed : LandedRound
    at_risk : pandas.Series by model, of the models with a signal
    meta_models : dict of name → pandas.Series
    problem, active : as `kardashev.inspection.audit.portfolio` makes them; None without a portfolio
    is_closed : bool
    """

    def __init__(self, landed, at_risk, meta_models, problem, active, is_closed):
        self.landed, self.at_risk, self.meta_models = landed, at_risk, meta_models
        self.problem, self.active = problem, active
        self.scorer = Scorer(landed, at_risk, meta_models, landed.forms)
        self.expected = expected_days(
            landed.rules, landed.targets, landed.scores_elsewhere, is_closed
        )

    def of(self, definition):
        """Values of a score that `is_known`: list of (its key, is_final, pandas.Series by model)."""
        final = self.landed.rules.final_day(definition["target"])
        name = definition["score"], definition["score_version"]
        return [
            (key, key[3] == final, self._values(definition, key, known_at))
            for key, known_at in self.expected.items()
            if key[:2] == name
        ]

    def _values(self, row, key, known_at):
        """A score of every model on one day; one landed with the same delivery counts in its place."""
        score, version, target, day = key
        returns, values = self.landed.targets.get((target, day, known_at)), pd.Series(dtype=float)
        if row["family"] == TRUE_CONTRIBUTION:
            values = self._true_contribution(row, returns)
        elif row["family"] != LANDED and (target == NO_TARGET or returns is not None):
            values = self.scorer.value(row, returns)
        rows = self.landed.scores_elsewhere
        of_day = rows[
            (rows["score"] == score)
            & (rows["score_version"] == version)
            & (rows["score_day"] == day)
            & (rows["known_at"] == known_at)
        ]
        landed = of_day.set_index("model_id")["value"]
        return pd.concat([values.drop(values.index.intersection(landed.index)), landed])

    def _true_contribution(self, row, returns):
        models, universe = self.landed.predictions.columns, self.landed.universe
        if self.active is None or returns is None:
            return pd.Series(np.nan, index=models)
        share = len(returns.index.intersection(universe.index))
        if share < row["minimum_overlap"] * max(len(returns), len(universe)):
            return pd.Series(np.nan, index=models)
        blend = self.meta_models[portfolio.META_MODEL]
        found = portfolio.undropped_contribution(
            self.problem, self.active, self.landed, blend, self.at_risk, returns
        )
        return found * row["scale"]
