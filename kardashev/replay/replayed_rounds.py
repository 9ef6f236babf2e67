"""Rounds as a replay needs them: who staked, what scores are taken, on which targets."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc

from kardashev.portfolio.dropout import DropoutRule
from kardashev.replay.meta_models import MetaModel
from kardashev.rounds.blocks import DAY
from kardashev.rounds.matrices import scattered
from kardashev.rounds.portfolios import portfolio_problem
from kardashev.rounds.scored import ScoredBlock


@dataclass(frozen=True)
class Replayed:
    """Relations of the rounds to replay.

    meta_models : (round_number, meta_model, and the fields of `MetaModel`)
    scores : the columns of ``replay_scores``
    targets : (round_number, target, stock_key, value, target_mean), null keys outside the universe
    stakes : (round_number, model_id, stake_nmr, is_at_risk, mean_neutral_churn, is_benchmark,
        is_paid)
    limits : as in `kardashev.rounds.portfolios.optimized_portfolio_rows`
    dropouts : (round_number, and the fields of `DropoutRule`)
    engine : str
    """

    meta_models: Any
    scores: Any
    targets: Any
    stakes: Any
    limits: Any
    dropouts: Any
    engine: str


@dataclass(frozen=True)
class Term:
    """One score that a rule pays on, of the staked models.

    row : of ``replay_scores``, or None where the round does not take it
    multipliers : array (staked models,), 0 where the score is not in a model's sum
    values : array (staked models,), as the landed stakes made them; NaN where there is none
    """

    row: dict | None
    multipliers: np.ndarray
    values: np.ndarray

    @property
    def final_at(self):
        """When its final day first became known, UTC; NaT where it has not."""
        return np.datetime64(None if self.row is None else self.row["first_known_at"], "us")


class ReplayedBlock(ScoredBlock):
    """A prepared block whose stakes are those of the run at hand."""

    meta_ranks = None

    def _meta_values(self, name):
        return self.meta_ranks[name]


class ReplayedRound:
    """What all runs share of a round.

    stakes : table of the landed stakes, by model; scores : rows of the scores to take
    places : int array (staked models,), where each model stands in the block, −1 where it has no signal
    """

    def __init__(self, block, replayed):
        self.block, self.reader, self.replayed = block, block.reader, replayed
        self.stakes = self._rows(replayed.stakes).sort_by("model_id")
        places = pc.index_in(self.stakes["model_id"], block.models.ids).fill_null(-1)
        self.places = places.to_numpy()
        self.scores = self._rows(replayed.scores).to_pylist()
        self.targets, self.parts = {}, {}

    def _rows(self, relation, columns="*"):
        return self.reader.rows(relation, self.block.in_round, columns)

    def on_models(self, values):
        """Values of the staked models as an array (models of the block,), 0 for the others."""
        whole = np.zeros(len(self.block.models), values.dtype)
        whole[self.places[self.places >= 0]] = values[self.places >= 0]
        return whole

    @cached_property
    def meta_models(self):
        """name → `MetaModel`"""
        columns = ", ".join(("meta_model", *(field.name for field in fields(MetaModel))))
        rows = self._rows(self.replayed.meta_models, columns).sort_by("meta_model").to_pylist()
        return {row.pop("meta_model"): MetaModel(**row) for row in rows}

    @cached_property
    def problem(self):
        """Of the round's portfolio."""
        return portfolio_problem(self.block, self.replayed.limits)

    @cached_property
    def dropout(self):
        """How stakes are drawn."""
        columns = ", ".join(field.name for field in fields(DropoutRule))
        (row,) = self._rows(self.replayed.dropouts, columns).to_pylist()
        return DropoutRule(**row)

    def covered(self, target):
        """Values of a target (stocks,), NaN where there is none, and what is known of it."""
        if target not in self.targets:
            rows = self.reader.rows(self.replayed.targets, self.block.in_round | {"target": target})
            inside = rows.filter(rows["stock_key"].is_valid())
            values = scattered(inside, self.block.stocks, "stock_key", "value")
            here = np.isfinite(values)
            shared = values[here]
            self.targets[target] = (
                values,
                {
                    "target_mean": rows["target_mean"][0].as_py() if len(rows) else np.nan,
                    "overlap_share": min(here.mean(), len(shared) / max(len(rows), 1)),
                    "is_binned": bool(((shared >= 0) & (shared <= 1)).all()),
                },
            )
        return self.targets[target]

    def terms(self, relation, rule):
        """What a rule pays on: a `Term` for each score.

        The relation has rows (payout_rule, round_number, model_id, score, score_version, multiplier, value).
        """
        rows = self.reader.rows(relation, self.block.in_round | {"payout_rule": rule})
        known = {(row["score"], row["score_version"]): row for row in self.scores}
        named = rows.select(["score", "score_version"]).group_by(["score", "score_version"])
        found = []
        for name in sorted(tuple(row.values()) for row in named.aggregate([]).to_pylist()):
            is_named = (pc.field("score") == name[0]) & (pc.field("score_version") == name[1])
            of_score = rows.filter(is_named)
            places = pc.index_in(of_score["model_id"], self.stakes["model_id"]).to_numpy()
            multipliers, values = np.zeros(len(self.stakes)), np.full(len(self.stakes), np.nan)
            multipliers[places] = of_score["multiplier"].to_numpy()
            values[places] = of_score["value"].to_numpy()
            found.append(Term(known.get(name), multipliers, values))
        return found

    def part(self, row):
        """The block on the stocks that a score's target covers, with that target; which those are."""
        values, _ = self.covered(row["target"])
        here = np.isfinite(values)
        key = here.tobytes()
        if key not in self.parts:
            self.parts[key] = self.block.restricted(here)
        part = self.parts[key]
        part.known_targets[tuple(row[name] for name in DAY)] = values[here]
        return part, here
