"""Every score of a round but True Contribution, on one delivery of its target."""

import numpy as np
import pandas as pd

from kardashev.inspection.audit import plain, span


class Scorer:
    """Scores of one round.

    Parameters
    ----------
    landed : LandedRound
    at_risk : pandas.Series by model, of the models with a signal
    meta_models : dict of name → pandas.Series
    forms : module of formulas, `plain` or `organiser`
    """

    def __init__(self, landed, at_risk, meta_models, forms):
        self.landed, self.at_risk, self.forms = landed, at_risk, forms
        self.meta_models = meta_models
        self.signals, self.basis = landed.predictions, landed.basis
        self.weights = landed.universe["sample_weight"]
        self._neutral, self._others = {}, None

    def value(self, definition, target):
        """A score of every model on one delivery of its target (None without one), by model.

        NaN where there is no score: too little is shared, the signal lies in a span, nothing is at risk.
        """
        family = definition["family"]
        if not self.signals.shape[1]:
            return pd.Series(dtype=float)
        k = definition["top_bottom"]
        if k is not None and 2 * k > self._overlap(target):
            return self._nothing()
        with np.errstate(all="ignore"):
            found = getattr(self, f"_{family}")(definition, target, k)
        return found.reindex(self.signals.columns)

    def _correlation(self, row, target, k):
        signals = self.signals
        if row["factor_set"]:
            signals = self._neutral_signals(row["factor_set"])
            if signals is None:
                return self._nothing()
        if target is None:
            return self._with_meta_model(row, signals)
        floor, has_power = row["minimum_overlap"], row["has_target_power"]
        return self.forms.correlation(signals, target, has_power, k=k, floor=floor)

    def _with_meta_model(self, row, signals):
        blend = self.meta_models.get(row["meta_model"])
        if blend is None:
            return self._nothing()
        return plain.powered(plain.gaussian(signals)).corrwith(blend)

    def _rank_correlation(self, row, target, k):
        return self.forms.rank_correlation(self.signals, target, floor=row["minimum_overlap"])

    def _contribution(self, row, target, k, basis=None):
        blend = self.meta_models.get(row["meta_model"])
        if blend is None or np.ptp(blend) == 0:
            return self._nothing()
        floor = row["minimum_overlap"]
        return self.forms.contribution(self.signals, blend, target, k=k, floor=floor, basis=basis)

    def _neutral_correlation(self, row, target, k):
        if self._too_few(row, target, k):
            return self._nothing()
        found = self.forms.neutral_correlation(
            self.signals, self.basis, target, k=k, floor=row["minimum_overlap"]
        )
        return found.where(self._has_residual(target))

    def _neutral_contribution(self, row, target, k):
        blend = self.meta_models.get(row["meta_model"])
        if self._too_few(row, target, k) or blend is None:
            return self._nothing()
        if not span.has_residual(plain.ranked(blend.to_frame()), self.basis).all():
            return self._nothing()
        return self._contribution(row, target, k, self.basis).where(self._has_residual(target))

    def _alpha(self, row, target, k):
        if self._too_few(row, target, k):
            return self._nothing()
        floor = row["minimum_overlap"]
        found = self.forms.alpha(self.signals, self.basis, self.weights, target, floor=floor)
        return found.where(self._has_weights(target))

    def _mpc(self, row, target, k):
        if self._too_few(row, target, k) or not self.at_risk.sum() > 0:
            return self._nothing()
        market = self.basis, self.weights, target
        normalizer, floor = row["normalizer"], row["minimum_overlap"]
        found = self.forms.mpc(self.signals, self.at_risk, *market, normalizer, floor=floor)
        return found.where(self._has_weights(target)) * row["scale"]

    def _nearest_signal(self, row, target, k):
        others = self._correlations()
        return others.max() if len(others) > 1 else self._nothing()

    def _mean_signal(self, row, target, k):
        others = self._correlations()
        return others.mean() if len(others) > 1 else self._nothing()

    def _nearest_reference(self, row, target, k):
        return self._with_references().max()

    def _mean_reference(self, row, target, k):
        return self._with_references().mean()

    def _with_references(self):
        others = self._correlations()
        return others[others.index.isin(self.landed.references)]

    def _largest_exposure(self, row, target, k):
        found = self._exposures(row["factor_set"])
        return self._nothing() if found.empty else found.max()

    def _rms_exposure(self, row, target, k):
        found = self._exposures(row["factor_set"])
        return self._nothing() if found.empty else np.sqrt((found**2).mean())

    def _correlations(self):
        if self._others is None:
            itself = np.eye(self.signals.shape[1], dtype=bool)
            self._others = self.landed.gaussian.corr().where(~itself)
        return self._others

    def _exposures(self, factor_set):
        factors = self._factors(factor_set).dropna()
        factors = factors.loc[:, (factors != factors.iloc[:1].to_numpy()).any()]
        gaussian = self.landed.gaussian.loc[factors.index]
        return pd.DataFrame({m: factors.corrwith(gaussian[m]).abs() for m in gaussian})

    def _factors(self, factor_set):
        factors = self.landed.factors
        return factors[self.landed.rules.factors(factor_set, list(factors))]

    def _neutral_signals(self, factor_set):
        """Signals outside a factor set, None where it misses stocks; once for all target days."""
        if factor_set not in self._neutral:
            factors = self._factors(factor_set)
            found = None
            if factors.shape[1] and factors.notna().all(axis=None):
                here = span.has_residual(self.signals, factors)
                found = self.forms.neutral_signals(self.signals.loc[:, here], factors)
            self._neutral[factor_set] = found
        return self._neutral[factor_set]

    def _overlap(self, target):
        return len(
            self.signals if target is None else self.signals.index.intersection(target.index)
        )

    def _too_few(self, row, target, k):
        """Whether N holds too few of the stocks: all of them for a score on extreme stocks."""
        if k is not None:
            return len(self.basis) < len(self.signals)
        held = len(self.basis) / len(self.signals)
        share = self._overlap(target) / max(len(self.signals), len(target))
        return held * share < row["minimum_overlap"]

    def _shared(self, target):
        index = self.signals.index.intersection(target.index)
        return self.signals.loc[index], self.basis.loc[index.intersection(self.basis.index)]

    def _has_residual(self, target):
        return span.has_residual(*self._shared(target))

    def _has_weights(self, target):
        return span.has_weights(*self._shared(target), self.weights)

    def _nothing(self):
        return pd.Series(np.nan, index=self.signals.columns)
