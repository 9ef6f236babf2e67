"""The signals of one block, in every form that scores need, each made when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kardashev.kernels.neutralization import (
    centred_norms,
    least_squares_basis,
    least_squares_residual,
    neutral_weights,
    outside_span,
)
from kardashev.kernels.ranking import POWER, doubled_rank, gaussianized
from kardashev.rounds.blocks import matrix, scattered


@dataclass(frozen=True)
class Sources:
    """Relations that a block is read from.

    signals : (round_number, coverage_id, model_key, stock_key, doubled_rank), plain signals
    models : (round_number, model_key, model_id), the accepted ones
    universe : (round_number, stock_key, stock_id, sample_weight)
    neutralizers : (round_number, stock_key, factor, value), N
    least_squares : the same for Q, the basis of [N, 1] on the full universe; None: it is made here
    norms : (round_number, model_key, least_squares_norm, projection_norm) on the full universe; or None
    meta_models : (round_number, meta_model, stock_key, value), or None
    """

    signals: Any
    models: Any
    universe: Any
    neutralizers: Any
    least_squares: Any = None
    norms: Any = None
    meta_models: Any = None


class PreparedBlock:
    """One block's stocks and models, and their signals; see `kardashev.kernels.neutralization` for the forms.

    The full universe (coverage 0) uses what was made and kept at the close, where the sources have it.
    """

    def __init__(self, reader, sources, block, stocks, models, ranks):
        self.reader, self.sources, self.block = reader, sources, block
        self.stocks, self.models, self.ranks = stocks, models, ranks
        self.in_round = {"round_number": block["round_number"]}
        self.is_universe = block.get("coverage_id", 0) == 0

    @classmethod
    def read(cls, reader, block, sources):
        """The block as its sources hold it."""
        in_round = {"round_number": block["round_number"]}
        rows = reader.rows(sources.signals, block, "model_key, stock_key, doubled_rank")
        stocks = reader.index(
            sources.universe, in_round, "stock_key", "stock_id", among=rows["stock_key"]
        )
        models = reader.index(
            sources.models, in_round, "model_key", "model_id", among=rows["model_key"]
        )
        ranks = matrix(rows, stocks, models, "model_key", "doubled_rank", np.int32)
        return cls(reader, sources, block, stocks, models, ranks)

    def restricted(self, here):
        """The block on those of its stocks that a bool array marks, ranked there."""
        if here.all():
            return self
        part = self.block | {"coverage_id": None}
        stocks, ranks = self.stocks.only(here), doubled_rank(self.ranks[here])
        return type(self)(self.reader, self.sources, part, stocks, self.models, ranks)

    @cached_property
    def gaussian(self):
        """G (stocks, models): gaussianized ranks."""
        return gaussianized(self.ranks)

    @cached_property
    def powered(self):
        """S′ (stocks, models): G to the power 1.5."""
        return gaussianized(self.ranks, POWER)

    @cached_property
    def sample_weights(self):
        """v (stocks,)."""
        return self._by_stock(self.sources.universe, self.in_round, "sample_weight")

    @cached_property
    def neutralizers(self):
        """N (stocks, columns), NaN in the rows of stocks that lack a value."""
        return self.reader.columns(self.sources.neutralizers, self.in_round, self.stocks)[0]

    @cached_property
    def has_neutralizers(self):
        """Whether each stock has a value in every column of N."""
        return np.isfinite(self.neutralizers).all(axis=1) & bool(self.neutralizers.shape[1])

    @cached_property
    def neutral_ranks(self):
        """Ranks on the stocks that N holds, taken there."""
        here = self.has_neutralizers
        return self.ranks if here.all() else doubled_rank(self.ranks[here])

    @cached_property
    def neutral_gaussian(self):
        """G on the stocks that N holds."""
        return self.gaussian if self.has_neutralizers.all() else gaussianized(self.neutral_ranks)

    @cached_property
    def least_squares(self):
        """Q (stocks that N holds, rank), the orthonormal basis of [N, 1]."""
        here = self.has_neutralizers
        if self.is_universe and self.sources.least_squares is not None:
            return self.reader.columns(self.sources.least_squares, self.in_round, self.stocks)[0][
                here
            ]
        return least_squares_basis(self.neutralizers[here])

    @cached_property
    def residuals(self):
        """Least-squares residuals of G on [N, 1]."""
        return least_squares_residual(self.neutral_gaussian, self.least_squares)

    @cached_property
    def least_squares_norms(self):
        """Norm of each residual about its mean; NaN for a signal in the span of [N, 1]."""
        if self.is_universe and self.sources.norms is not None:
            return self._kept_norms("least_squares_norm")
        return outside_span(centred_norms(self.residuals), centred_norms(self.neutral_gaussian))

    @cached_property
    def projection_norms(self):
        """Norm √(Σ v r²) of each weighted residual; NaN for a signal in the span of N under v."""
        if self.is_universe and self.sources.norms is not None:
            return self._kept_norms("projection_norm")
        here = self.has_neutralizers
        roots = np.sqrt(self.sample_weights[here])[:, None]
        weights = neutral_weights(
            self.powered[here], self.neutralizers[here], self.sample_weights[here]
        )
        return outside_span(
            np.linalg.norm(weights / roots, axis=0),
            np.linalg.norm(self.powered[here] * roots, axis=0),
        )

    def meta_model(self, name, is_neutral=False):
        """A meta model ranked and gaussianized on the block's stocks, or on N's; None without one."""
        values = self._meta_values(name)
        if np.isnan(values).any():
            return None
        if is_neutral:
            values = values[self.has_neutralizers]
        return gaussianized(doubled_rank(values))

    def _meta_values(self, name):
        """A meta model's values on the block's stocks, NaN where there is none."""
        in_meta_model = self.in_round | {"meta_model": name}
        return self._by_stock(self.sources.meta_models, in_meta_model, "value")

    def _by_stock(self, relation, block, value):
        return self.reader.values(relation, block, self.stocks, "stock_key", value)

    def _kept_norms(self, column):
        rows = self.reader.rows(self.sources.norms, self.in_round)
        return scattered(rows, self.models, "model_key", column)
