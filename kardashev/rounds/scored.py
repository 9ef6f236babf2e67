"""Blocks of the rounds that have due scores: a round, or the part of it that a target covers."""

from functools import cached_property
from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.kernels.correlation import exposures, nearest_references, nearest_signals
from kardashev.kernels.ranking import POWER, normal_quantiles, signed_power, top_bottom
from kardashev.rounds.blocks import DAY
from kardashev.rounds.prepared import PreparedBlock

BLOCK = ("round_number", "coverage_id")
WHOLE = 0  # the coverage of a target that has all stocks of the round


def scored_blocks(reader, number, rows, sources, covered, kind=PreparedBlock):
    """Each block of a round once, with the rows that belong to it.

    Parameters
    ----------
    reader : kardashev.rounds.blocks.Blocks
    number : int, of the round
    rows : list of dict with ``coverage_id``, in its order
    sources : kardashev.rounds.prepared.Sources
    covered : relation (round_number, coverage_id, stock_key), the stocks of each part
    kind : class of the blocks

    Yields
    ------
    block, list of its rows; none for a round without signals
    """
    whole = kind.read(reader, number, sources)
    if not len(whole.models):
        return
    for coverage, of_block in groupby(rows, itemgetter("coverage_id")):
        block = whole
        if coverage != WHOLE:
            names = dict(zip(BLOCK, (number, coverage), strict=True))
            keys = reader.rows(covered, names, "stock_key")["stock_key"]
            here = pc.is_in(pa.array(whole.stocks.keys), keys.combine_chunks())
            block = whole.restricted(here.to_numpy(zero_copy_only=False))
        yield block, list(of_block)


class ScoredBlock(PreparedBlock):
    """A prepared block, with the relations ``*_rows`` that its scores need."""

    target_rows = share_rows = extreme_rows = reference_rows = None

    def __init__(self, *prepared):
        super().__init__(*prepared)
        self.known_targets, self.known_exposures, self.known_extremes = {}, {}, {}

    def targets(self, due):
        """The targets of due rows (stocks, days), each found once."""
        days = [itemgetter(*DAY)(row) for row in due]
        new = dict(zip(days, due, strict=True))
        for day in new.keys() & self.known_targets.keys():
            del new[day]
        if new:
            values = self.reader.targets(self.target_rows, self.in_round, self.stocks, new.values())
            self.known_targets |= dict(zip(new, values.T, strict=True))
        return np.column_stack([self.known_targets[day] for day in days])

    @cached_property
    def stake_shares(self):
        """p (models,), NaN where nothing is at risk."""
        return self.reader.values(
            self.share_rows, self.in_round, self.models, "model_key", "stake_share"
        )

    @cached_property
    def pairwise(self):
        """Largest, nearest and mean correlation with the round's other signals."""
        return nearest_signals(self.gaussian)

    @cached_property
    def against_references(self):
        """Largest, nearest and mean correlation with the operator's benchmarks and examples."""
        rows = self.reader.rows(self.reference_rows, self.in_round, "model_id")["model_id"]
        is_reference = pc.is_in(self.models.ids, rows.combine_chunks())
        places = np.flatnonzero(is_reference.to_numpy(zero_copy_only=False))
        return nearest_references(self.gaussian, places)

    def exposures(self, factor_set):
        """|Pearson| (models, factors) with those factors of a set that differ between stocks; their names."""
        if factor_set not in self.known_exposures:
            self.known_exposures[factor_set] = self._exposures(factor_set)
        return self.known_exposures[factor_set]

    def _exposures(self, factor_set):
        columns, names = self.columns(factor_set)
        here = np.isfinite(columns).all(axis=1)
        columns = columns[here]
        differs = (columns != columns[:1]).any(axis=0)
        return exposures(self.gaussian[here], columns[:, differs]), names.filter(pa.array(differs))

    def rank_extremes(self, name, k):
        """Models of a form, where its k lowest and k highest stocks stand (2k, models), and S′ there."""
        if (name, k) not in self.known_extremes:
            models, ranks = self.form(name)
            places = top_bottom(ranks, k, are_ranks=True)
            quantiles = signed_power(normal_quantiles(len(ranks)), POWER)
            values = quantiles[np.take_along_axis(ranks, places, axis=0)]
            self.known_extremes[name, k] = models, places, values
        return self.known_extremes[name, k]

    def portfolio_parts(self, targets):
        """S′, targets, N and v on the stocks that N holds; a stock without N has no weight."""
        here = self.has_neutralizers
        parts = self.powered, targets, self.neutralizers, self.sample_weights
        return parts if here.all() else tuple(part[here] for part in parts)
