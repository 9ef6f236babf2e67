"""What stakes at risk are paid, for replays; `int_payouts` is the SQL form."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PayoutRule:
    """A row of ``payout_rules``.

    clip : largest payout as a share of the stake at risk
    clips_before_factor : whether the score is clipped before the payout factor, or with it
    stake_threshold_nmr : stake at risk of a round from which on the factor falls below 1, NMR
    retention_threshold, retention_scale : how neutral churn takes from positive payouts; None: it does not
    """

    clip: float
    clips_before_factor: bool
    stake_threshold_nmr: float
    retention_threshold: float | None = None
    retention_scale: float | None = None

    def factor(self, total_at_risk):
        """min(1, threshold / total), 1 when nothing is at risk."""
        return min(1.0, self.stake_threshold_nmr / total_at_risk) if total_at_risk > 0 else 1.0

    def retention(self, neutral_churns):
        """Share (models,) kept of a positive payout, for mean neutral churns (models,); NaN counts as 1."""
        if self.retention_scale is None:
            return np.ones(len(neutral_churns))
        excess = np.nan_to_num(neutral_churns, nan=1.0) - self.retention_threshold
        return np.minimum(1, 2 / (1 + np.exp(self.retention_scale * excess)))

    def payouts(self, at_risk, scores, neutral_churns, factor=None):
        """Payouts of one round.

        Parameters
        ----------
        at_risk : array (models,), NMR
        scores : array (models,), sums of multiplier × score; a model with NaN is paid nothing
        neutral_churns : array (models,), means over each model's window
        factor : float, the round's payout factor; None: that of these stakes

        Returns
        -------
        array (models,), NMR: ``at_risk · clip(factor · score)``, or ``at_risk · factor · clip(score)``
        """
        factor = self.factor(at_risk.sum()) if factor is None else factor
        if self.clips_before_factor:
            shares = factor * np.clip(scores, -self.clip, self.clip)
        else:
            shares = np.clip(factor * scores, -self.clip, self.clip)
        shares = np.where(shares > 0, shares * self.retention(neutral_churns), shares)
        return at_risk * np.nan_to_num(shares)
