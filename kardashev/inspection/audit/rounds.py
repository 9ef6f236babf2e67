"""One round, published and recomputed: every part that an audit compares."""

from importlib.util import find_spec

import numpy as np
import pandas as pd

from kardashev.errors import LandingError
from kardashev.inspection.audit import close, payouts, plain, portfolio, scores
from kardashev.inspection.audit.gaps import Finding, Part, by_column, compared, same_texts
from kardashev.inspection.audit.landed import MISSING, LandedRound
from kardashev.inspection.audit.rules import NO_TARGET, Rules

PARTS = (
    *("landing", "rules", "submissions", "stability", "stakes", "meta models", "portfolio"),
    *("scores", "percentiles", "true contribution", "payouts", "round payouts"),
)
ROUNDED_PORTFOLIO = 1e-6  # of a portfolio that Clarabel alone finds
DAY = ["model_id", "score", "score_version", "target", "score_day"]
DIGITS = 12  # scores closer than this share a rank
NOT_TAKEN = {
    "scores": "the audit does not know the family",
    "true contribution": "made from draws of stakes, which are the warehouse's own",
}


def formulas():
    """numerai-tools' formulas where it is installed, else plain numpy's."""
    if find_spec("numerai_tools") is None:
        return plain
    from kardashev.inspection.audit import organiser

    return organiser


class RoundAudit:
    """The audit of one round.

    Parameters
    ----------
    published : dict of name → pandas.DataFrame, the round's rows in the published copy
    landed : LandedRound
    earlier : dict of int → LandedRound, the rounds of its stability window
    rounds : pandas.DataFrame, all rows of rounds/
    """

    def __init__(self, published, landed, earlier, rounds):
        self.published, self.landed, self.earlier = published, landed, earlier
        self.number, self.forms, self.rounds = landed.number, landed.forms, rounds
        self.parts = {name: Part(name) for name in PARTS[2:]}

    def run(self):
        """Every part but the landing and the rules: list of Part."""
        for step in (
            self._submissions,
            self._stability,
            self._meta_models,
            self._portfolio,
            self._scores,
            self._percentiles,
            self._payouts,
        ):
            step()
        return list(self.parts.values())

    def _compare(self, name, published, recomputed, label):
        compared(self.parts[name], self.number, published, recomputed, label)

    def _submissions(self):
        found = self.published["fct_submissions"].set_index("model_id")["status"]
        same_texts(
            self.parts["submissions"],
            self.number,
            found[found != MISSING],
            self.landed.statuses(),
            lambda model: f"status of {model}",
        )

    def _stability(self):
        rule = self.landed.rules.stability
        floor = rule.get("minimum_overlap")
        before = {number: landed.moves for number, landed in self.earlier.items()}
        pairs = close.stability(self.landed.moves, before, self.forms, floor)
        key, figures = ["model_id", "lag_round"], list(close.FIGURES)
        self._compare(
            "stability",
            by_column(self.published["fct_stability"], key, figures),
            by_column(pairs, key, figures),
            lambda at: f"{at[2]} of {at[0]} since round {at[1]}",
        )
        self.stakes = close.stakes(self.landed, pairs)
        self._compare(
            "stakes",
            by_column(self.published["fct_stakes"], ["model_id"], list(self.stakes)),
            by_column(
                self.stakes.rename_axis("model_id").reset_index(), ["model_id"], list(self.stakes)
            ),
            lambda at: f"{at[1]} of {at[0]}",
        )
        models = self.landed.predictions.columns
        self.at_risk = self.stakes["at_risk_nmr"].reindex(models).fillna(0.0)

    def _meta_models(self):
        self.meta_models = close.meta_models(self.landed, self.at_risk, self.forms)
        published = self.published["fct_meta_models"].set_index(["meta_model", "stock_id"])["value"]
        found = {
            (name, stock): value
            for name, values in self.meta_models.items()
            for stock, value in values.items()
        }
        self._compare("meta models", published, _series(found), lambda at: f"{at[0]} of {at[1]}")

    def _portfolio(self):
        part = self.parts["portfolio"]
        held = self.published["fct_portfolios"].set_index("stock_id")["weight"]
        self.active = None
        blend = self.meta_models.get("SWMM")
        if blend is None or not self.landed.rules.limits():
            self._compare("portfolio", held, pd.Series(dtype=float), lambda at: f"weight of {at}")
            return
        status = self.published["fct_portfolio_solutions"]["status"]
        try:
            self.problem = portfolio.problem(self.landed)
            signal, _ = portfolio.standardized(blend)
            weights, self.active = portfolio.solved(self.problem, signal)
        except portfolio.NoPortfolioError as error:
            part.skipped = f"the portfolio of round {self.number}: {error}"
            if (status == "solved").any():
                part.findings.append(Finding(self.number, part.name, f"not recomputed: {error}"))
            return
        if self.active is None:
            part.tolerance = ROUNDED_PORTFOLIO
        every = self.landed.universe.index
        strays = held.drop(held.index.intersection(every))
        published = pd.concat([held.reindex(every).fillna(0.0), strays])
        self._compare(
            "portfolio", published, pd.Series(weights, every), lambda at: f"weight of {at}"
        )

    def _scores(self):
        landed, rows = self.landed, self.published["fct_scores"]
        self.is_closed = self._is_closed()
        expected = scores.expected_days(
            landed.rules, landed.targets, landed.scores_elsewhere, self.is_closed
        )
        scorer = scores.Scorer(landed, self.at_risk, self.meta_models, self.forms)
        known = [row for row in landed.rules.scores if scores.is_known(row)]
        found, self.by_score = {"scores": {}, "true contribution": {}}, {}
        for row in known:
            name = row["score"], row["score_version"]
            part = found[
                "true contribution" if row["score"] == scores.TRUE_CONTRIBUTION else "scores"
            ]
            for key, known_at in expected.items():
                if key[:2] == name:
                    values = self._values(scorer, row, key, known_at)
                    part |= {(model, *key): value for model, value in values.items()}
                    is_final = key[3] == landed.rules.final_day(row["target"])
                    self.by_score.setdefault(name, []).append((key[3], is_final, values))
        names = pd.MultiIndex.from_frame(rows[["score", "score_version"]])
        unknown = [(r["score"], r["score_version"]) for r in landed.rules.scores if r not in known]
        is_drawn = rows["score"] == scores.TRUE_CONTRIBUTION
        rows = rows.assign(part=np.where(is_drawn, "true contribution", "scores"))
        rows = rows[~names.isin(unknown)]
        for name, values in found.items():
            published = rows[rows["part"] == name].set_index(DAY)["value"]
            self._compare(name, published, _series(values), _score_label)
            apart = sorted(" ".join(n) for n in unknown if (n[0] == "tc") == (name != "scores"))
            if apart:
                self.parts[name].skipped = f"{', '.join(apart)}: {NOT_TAKEN[name]}"

    def _values(self, scorer, row, key, known_at):
        """A score of every model on one day; one landed with the same delivery counts in its place."""
        score, version, target, day = key
        if row["score"] == scores.TRUE_CONTRIBUTION:
            values = self._true_contribution(row, self.landed.targets.get((target, day, known_at)))
        elif row["family"] == scores.LANDED:
            values = pd.Series(dtype=float)
        elif target == NO_TARGET:
            values = scorer.value(row, None) if self.is_closed else pd.Series(dtype=float)
        elif (target, day, known_at) in self.landed.targets:
            values = scorer.value(row, self.landed.targets[target, day, known_at])
        else:
            values = pd.Series(dtype=float)
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
        models = self.landed.predictions.columns
        if self.active is None or returns is None:
            return pd.Series(np.nan, index=models)
        share = len(returns.index.intersection(self.landed.universe.index))
        if share < row["minimum_overlap"] * max(len(returns), len(self.landed.universe)):
            return pd.Series(np.nan, index=models)
        found = portfolio.undropped_contribution(
            self.problem, self.active, self.landed, self.meta_models["SWMM"], self.at_risk, returns
        )
        return found * row["scale"]

    def _is_closed(self):
        """Whether the clock has reached the close: by what opened, was delivered, or is published."""
        close_at = pd.Timestamp(self.landed.calendar["close_at"]).tz_convert(None)
        opened = pd.to_datetime(self.rounds["open_at"], utc=True).dt.tz_localize(None).max()
        deliveries = [known_at for *_, known_at in self.landed.targets]
        has_closed = (self.published["fct_scores"]["target"] == NO_TARGET).any()
        return has_closed or max([opened, *deliveries]) >= close_at

    def _percentiles(self):
        """Ranks of the published values, as the scores themselves are compared above."""
        rows = self.published["fct_scores"]
        at_risk = self.published["fct_stakes"].set_index("model_id")["at_risk_nmr"]
        is_staked = rows["model_id"].map(at_risk).fillna(0.0) > 0
        for column, chosen in (
            ("percentile", rows["value"].notna()),
            ("staked_percentile", rows["value"].notna() & is_staked),
        ):
            some = rows[chosen]
            by_score = some["value"].round(DIGITS).groupby([some[c] for c in DAY[1:]])
            ranks = (by_score.rank() - 0.5) / by_score.transform("count")
            index = pd.MultiIndex.from_frame(rows[DAY])
            self._compare(
                "percentiles",
                pd.Series(rows[column].to_numpy(), index),
                pd.Series(ranks.reindex(rows.index).to_numpy(), index),
                lambda at, column=column: f"{column} of {_score_label(at)}",
            )

    def _payouts(self):
        found = payouts.payouts(self.landed, self.stakes, self.by_score, self.is_closed)
        published, columns = self.published["fct_payouts"], list(payouts.COLUMNS)
        recomputed = found.rename_axis("model_id").reset_index()
        self._compare(
            "payouts",
            by_column(published, ["model_id"], columns),
            by_column(recomputed, ["model_id"], columns),
            lambda at: f"{at[1]} of {at[0]}",
        )
        totals = self.published["fct_round_payouts"]
        sums = {
            "paid_nmr": found["payout_nmr"].clip(lower=0),
            "burned_nmr": (-found["payout_nmr"]).clip(lower=0),
            "net_nmr": found["payout_nmr"],
            "pending_nmr": found["pending_nmr"],
        }
        recomputed = (
            {name: part.sum(min_count=1) for name, part in sums.items()} if len(totals) else {}
        )
        published = (
            totals[list(sums)].iloc[0].astype(float) if len(totals) else pd.Series(dtype=float)
        )
        self._compare("round payouts", published, _series(recomputed), lambda at: at)


def failed(number, name, error):
    """The part that says why a round cannot be recomputed."""
    part = Part(name)
    part.findings.append(Finding(number, name, f"the round cannot be recomputed: {error}"))
    return part


def landed_round(number, rows, evidence, rounds, models, forms):
    """A round from its landed rows, under the rule rows that applied.

    Raises
    ------
    LandingError
        When rounds/ does not have it once.
    """
    found = rounds[rounds["round_number"] == number].to_dict("records")
    if len(found) != 1:
        raise LandingError(f"rounds/ has {len(found)} rows of round {number}")
    return LandedRound(evidence, found[0], Rules(rows, found[0]), models, forms)


def _score_label(at):
    model, score, version, target, day = at
    return f"{score} {version} of {model} on day {day} of {target}"


def _series(found):
    return pd.Series(found, dtype=float) if found else pd.Series(dtype=float)
