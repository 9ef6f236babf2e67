"""Weights of a meta model's members, for replays; `int_meta_model_weights` is the SQL form."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MetaModel:
    """A row of ``meta_model_definitions``.

    weighting : ``stake``, by stake at risk, or ``equal``
    is_of_benchmarks : whether only benchmark models are members
    minimum_stake_nmr : least stake at risk of a member
    is_minimum_included : whether a stake equal to it counts
    """

    weighting: str
    is_of_benchmarks: bool
    minimum_stake_nmr: float
    is_minimum_included: bool

    def weights(self, at_risk, is_benchmark):
        """Weights (models,) that sum to one, for stakes at risk (models,); None when nobody is a member."""
        is_member = at_risk > max(self.minimum_stake_nmr, 0)
        if self.is_minimum_included:
            is_member |= (at_risk == self.minimum_stake_nmr) & (at_risk > 0)
        if self.is_of_benchmarks:
            is_member &= is_benchmark
        if not is_member.any():
            return None
        sizes = is_member * (at_risk if self.weighting == "stake" else np.ones(len(at_risk)))
        return sizes / sizes.sum()
