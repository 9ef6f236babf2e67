"""The signals of one round, in every form that scores need, each made when it is first asked for."""

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
from kardashev.kernels.stability import ranks_among
from kardashev.rounds.matrices import in_order, unpacked

PLAIN = "plain"  # the form of a signal that is neutralized to nothing
NEUTRALIZERS = "neutralizers"  # the set that N is, beside those of factors
COLUMNS, LEAST_SQUARES = "columns", "least_squares"  # of a set: itself, and the basis of [set, 1]


@dataclass(frozen=True)
class Sources:
    """Relations that a round is read from.

    ranks : (round_number, signal_form, model_key, doubled_ranks), in the order of stock ids, packed
    models : (round_number, model_key, model_id), the accepted ones
    universe : (round_number, stock_key, stock_id, sample_weight)
    loadings : relation of `kardashev.rounds.neutralized.LOADINGS`, or None
    norms : (round_number, model_key, least_squares_norm, projection_norm); None: they are made here
    meta_models : (round_number, meta_model, stock_key, value), or None
    """

    ranks: Any
    models: Any
    universe: Any
    loadings: Any = None
    norms: Any = None
    meta_models: Any = None


class PreparedBlock:
    """A round's stocks and models, and their signals; see `kardashev.kernels.neutralization` for the forms.

    On the full universe it uses what was made and kept at the close; `restricted` is the part of it
    that a target covers.

    stocks, models : Index; ranks : int array (stocks, models), of the plain signals
    """

    whole, here = (
        None,
        None,
    )  # of a restricted block: the full one, and which of its stocks this one has

    def __init__(self, reader, sources, number, stocks, models, ranks):
        self.reader, self.sources, self.in_round = reader, sources, {"round_number": number}
        self.stocks, self.models, self.ranks = stocks, models, ranks

    @classmethod
    def read(cls, reader, number, sources):
        """A round as its sources hold it."""
        in_round = {"round_number": number}
        stocks = reader.index(sources.universe, in_round, "stock_key", "stock_id")
        models, ranks = _ranks(reader, sources, in_round, PLAIN, len(stocks))
        return cls(reader, sources, number, stocks, models, ranks)

    def read_up(self):
        """The block without what it reads from: its plain signals are all it has."""
        return type(self)(
            None, None, self.in_round["round_number"], self.stocks, self.models, self.ranks
        )

    def restricted(self, here):
        """The block on those of its stocks that a bool array marks, ranked there."""
        if here.all():
            return self
        stocks, ranks = self.stocks.only(here), ranks_among(self.ranks, here)
        part = type(self)(
            self.reader, self.sources, self.in_round["round_number"], stocks, self.models, ranks
        )
        part.whole, part.here = self, here
        return part

    def form(self, name):
        """Models that have a form of their signal, and its ranks (stocks, these models)."""
        if name == PLAIN:
            return self.models, self.ranks
        if self.whole is not None:
            models, ranks = self.whole.form(name)
            return models, ranks_among(ranks, self.here)
        return _ranks(self.reader, self.sources, self.in_round, name, len(self.stocks))

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
        """N (stocks, columns), NaN where a stock lacks a value."""
        return self.columns(NEUTRALIZERS)[0]

    @cached_property
    def has_neutralizers(self):
        """Whether each stock has a value in every column of N."""
        return np.isfinite(self.neutralizers).all(axis=1) & bool(self.neutralizers.shape[1])

    @cached_property
    def neutral_gaussian(self):
        """G on the stocks that N holds, ranked there."""
        here = self.has_neutralizers
        return self.gaussian if here.all() else gaussianized(ranks_among(self.ranks, here))

    @cached_property
    def least_squares(self):
        """Q (stocks that N holds, rank), the orthonormal basis of [N, 1]."""
        here = self.has_neutralizers
        if self.whole is None:
            return self._loadings(NEUTRALIZERS, LEAST_SQUARES)[0][here]
        return least_squares_basis(self.neutralizers[here])

    @cached_property
    def residuals(self):
        """Least-squares residuals of G on [N, 1]."""
        return least_squares_residual(self.neutral_gaussian, self.least_squares)

    @cached_property
    def least_squares_norms(self):
        """Norm of each residual about its mean; NaN for a signal in the span of [N, 1]."""
        if self._has_norms:
            return self._kept_norms("least_squares_norm")
        return outside_span(centred_norms(self.residuals), centred_norms(self.neutral_gaussian))

    @cached_property
    def weights(self):
        """Neutral weights W (stocks that N holds, models)."""
        here = self.has_neutralizers
        return neutral_weights(
            self.powered[here], self.neutralizers[here], self.sample_weights[here]
        )

    @cached_property
    def projection_norms(self):
        """Norm √(Σ v r²) of each weighted residual; NaN for a signal in the span of N under v."""
        if self._has_norms:
            return self._kept_norms("projection_norm")
        here = self.has_neutralizers
        roots = np.sqrt(self.sample_weights[here])[:, None]
        return outside_span(
            np.linalg.norm(self.weights / roots, axis=0),
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

    def columns(self, factor_set):
        """The columns of a set (stocks, columns), NaN where a stock lacks a value, and their names."""
        if self.whole is None:
            return self._loadings(factor_set, COLUMNS)
        columns, names = self.whole.columns(factor_set)
        return columns[self.here], names

    def _loadings(self, factor_set, basis):
        in_set = self.in_round | {"factor_set": factor_set, "basis": basis}
        rows = self.reader.rows(self.sources.loadings, in_set, "factor, loadings")
        rows = in_order(rows, "factor")
        return unpacked(rows["loadings"], len(self.stocks), "f").T, rows["factor"]

    @property
    def _has_norms(self):
        return self.whole is None and self.sources.norms is not None

    def _kept_norms(self, column):
        return self.reader.values(
            self.sources.norms, self.in_round, self.models, "model_key", column
        )


def _ranks(reader, sources, in_round, form, stock_count):
    """The models that have a form, in the order of their ids, and its ranks (stocks, models)."""
    in_form = in_round | {"signal_form": form}
    rows = reader.rows(sources.ranks, in_form, "model_key, doubled_ranks")
    models = reader.index(
        sources.models, in_round, "model_key", "model_id", among=rows["model_key"]
    )
    found = unpacked(rows["doubled_ranks"], stock_count, "u")
    order = np.argsort(models.here(rows["model_key"].to_numpy()), kind="stable")
    return models, found[order].astype(np.int32).T
