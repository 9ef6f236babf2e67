"""A round under other stakes than the landed ones: its meta models, and the scores that hang on stakes."""

import numpy as np

from kardashev.errors import PortfolioError
from kardashev.kernels.contribution import contribution, normalized_meta_portfolio
from kardashev.kernels.correlation import correlation
from kardashev.kernels.products import blend
from kardashev.kernels.ranking import doubled_rank, signed_power
from kardashev.portfolio.dropout import undropped
from kardashev.portfolio.report import HELD
from kardashev.portfolio.true_contribution import prepare, true_contribution
from kardashev.rounds.matrix_scores import outcome
from kardashev.rounds.meta_models import META_PORTFOLIO
from kardashev.rounds.portfolios import drawn_sensitivity
from kardashev.rounds.score_rows import contribution_targets
from kardashev.rounds.true_contributions import RANK, UNDROPPED, percentiles

STAKE_BOUND = ("contribution", "neutral_contribution", "mpc", "tc")  # families of scores
FUND, FUND_RETURN = "fund", ("portfolio_return", "gross")  # as a meta model, and its score
SAME_VALUE = 1e-12  # values of a meta model closer than this are tied, SWP's among them


class StakedRound:
    """A replayed round under the stakes of one run.

    Parameters
    ----------
    replayed : kardashev.replay.replayed_rounds.ReplayedRound
    at_risk : array (staked models,), NMR
    """

    def __init__(self, replayed, at_risk):
        self.round, self.block = replayed, replayed.block
        self.at_risk = replayed.on_models(at_risk)
        total = self.at_risk.sum()
        self.shares = self.at_risk / total if total > 0 else np.full(len(self.at_risk), np.nan)
        is_benchmark = replayed.on_models(replayed.stakes["is_benchmark"].to_numpy())
        blends = {
            name: self._blend(definition.weights(self.at_risk, is_benchmark))
            for name, definition in replayed.meta_models.items()
        }
        blends[META_PORTFOLIO] = self._meta_portfolio()
        self.meta_ranks = {name: _ranked(values) for name, values in blends.items()}
        self.prepared = {}

    def _blend(self, weights):
        return None if weights is None else blend(self.block.gaussian, weights)

    def _meta_portfolio(self):
        """SWP (stocks,); None without stake, and where a stock has no weight."""
        if not self.at_risk.sum() > 0 or not self.block.has_neutralizers.all():
            return None
        powered, _, *operator = self.block.portfolio_parts(self.block.powered)
        portfolio = normalized_meta_portfolio(powered, self.shares, *operator)
        return None if np.isnan(portfolio).any() else portfolio

    def meta_model_scores(self):
        """Rows (meta_model, score, score_version, target, value): meta models with members, and the fund."""
        return self._fund_returns() + [
            {name: row[name] for name in ("score", "score_version", "target")}
            | {"meta_model": meta_model, "value": float(value)}
            for row in self.round.scores
            if row["is_of_meta_models"] and self._is_covered(row)
            for meta_model, value in self._scores_of(row)
            if np.isfinite(value)
        ]

    def _fund_returns(self):
        """What the portfolio of these stakes returned before costs; a stock without a return as unchanged."""
        found = []
        for row in self.round.scores:
            if row["is_of_fund"] and self._is_covered(row) and self.at_risk.sum() > 0:
                try:
                    weights = self._portfolio()
                except PortfolioError:
                    continue
                returns = np.nan_to_num(self.round.covered(row["target"])[0])
                score = dict(zip(("score", "score_version"), FUND_RETURN, strict=True))
                score |= {"meta_model": FUND, "target": row["target"]}
                found.append(score | {"value": float(weights @ returns)})
        return found

    def _portfolio(self):
        """Weights (stocks,) that the fund holds."""
        (weights,) = self._prepared(is_undropped=True)[1].weights
        return np.where(np.abs(weights) > HELD * self.round.problem.gross_limit, weights, 0.0)

    def _scores_of(self, row):
        part = self._part(row)
        targets = part.targets([row])
        if row["family"] == "alpha":
            powered, targets, basis, weights = part.portfolio_parts(targets)
            portfolio = normalized_meta_portfolio(powered, self.shares, basis, weights)
            yield META_PORTFOLIO, portfolio @ targets[:, 0]
            return
        targets = targets - self._known(row)["target_mean"]
        if row["has_target_power"]:
            targets = signed_power(targets)
        for name in self.meta_ranks:
            prepared = part.meta_model(name)
            if prepared is not None:
                yield name, correlation(signed_power(prepared)[:, None], targets)[0, 0]

    def summand(self, term):
        """What one score adds to each model's sum: array (staked models,), NaN where it is missing."""
        values = term.values
        anew = None if term.row is None else self.values(term.row)
        if anew is not None:
            values = np.where(self.round.places >= 0, anew[self.round.places], values)
        return np.where(term.multipliers == 0, 0.0, term.multipliers * values)

    def values(self, row):
        """A score that hangs on stakes (models of the block,), NaN where there is none.

        None for other scores, and in a round whose scores were all taken elsewhere: they stay as they are.
        """
        family = row["family"]
        is_bound = family in STAKE_BOUND and row["top_bottom"] is None
        if not is_bound or not len(self.block.models):
            return None
        if not self._is_covered(row):
            return np.full(len(self.block.models), np.nan)
        if family == "tc":
            return self._true_contribution(row)
        part = self._part(row)
        due = row | self._known(row)
        if family == "contribution":
            return _contribution(part, due)
        found = outcome(part, [due]).values
        return np.full(len(part.models), np.nan) if found is None else found[:, 0]

    def _true_contribution(self, row):
        version = row["score_version"]
        returns = np.nan_to_num(self.round.covered(row["target"])[0])[:, None]
        try:
            stored, _ = self._prepared(version == UNDROPPED)
        except PortfolioError:
            return np.full(len(self.block.models), np.nan)
        signals = self.block.gaussian[stored.places]
        kind = "v1" if version == RANK else version
        values = true_contribution(stored, signals, returns, kind)[0][:, 0] * row["scale"]
        return percentiles(values) if version == RANK else values

    def _prepared(self, is_undropped):
        """Sensitivities of the portfolios, without and with dropout, and these portfolios."""
        if is_undropped not in self.prepared:
            replayed, block = self.round, self.block
            problem, engine = replayed.problem, replayed.replayed.engine
            if is_undropped:
                draws = undropped(block.gaussian, self.at_risk)
                found = prepare(problem, block.gaussian, draws, engine)
            else:
                found = drawn_sensitivity(problem, block, self.at_risk, replayed.dropout, engine)
            self.prepared[is_undropped] = found
        return self.prepared[is_undropped]

    def _known(self, row):
        return self.round.covered(row["target"])[1]

    def _is_covered(self, row):
        return (
            row["score_day"] is not None
            and len(self.block.models) > 0
            and self._known(row)["overlap_share"] >= row["minimum_overlap"]
        )

    def _part(self, row):
        part, here = self.round.part(row)
        part.stake_shares = self.shares
        part.meta_ranks = {
            name: np.broadcast_to(ranks, here.shape)[here]
            for name, ranks in self.meta_ranks.items()
        }
        return part


def _ranked(values):
    """Ranks of a meta model, all that scores take of it: array (stocks,), or NaN without members."""
    if values is None:
        return np.nan
    return doubled_rank(values, SAME_VALUE).astype(float)


def _contribution(block, due):
    meta_model = block.meta_model(due["meta_model"])
    if meta_model is None:
        return np.full(len(block.models), np.nan)
    targets = contribution_targets(block.targets([due]), [due])
    return contribution(block.gaussian, meta_model, targets)[:, 0]
