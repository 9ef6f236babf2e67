"""One round, published and recomputed: every part that an audit compares."""

from importlib.util import find_spec

import pandas as pd

from kardashev.errors import LandingError
from kardashev.inspection.audit import close, days, payouts, plain, portfolio
from kardashev.inspection.audit.gaps import Finding, Part, by_column, compared, same_texts
from kardashev.inspection.audit.landed import MISSING, LandedRound
from kardashev.inspection.audit.rules import NO_TARGET, Rules

PARTS = (
    *("landing", "rules", "submissions", "stability", "stakes", "meta models", "portfolio"),
    *("scores", "percentiles", "true contribution", "payouts", "round payouts"),
)
INEXACT = "and undropped: no exact set of the limits that bind was found"
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
        self.problem = self.active = None
        self.is_known = days.is_known
        blend = self.meta_models.get(portfolio.META_MODEL)
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
            self.is_known = lambda row: (
                row["family"] != days.TRUE_CONTRIBUTION and days.is_known(row)
            )
        every = self.landed.universe.index
        strays = held.drop(held.index.intersection(every))
        published = pd.concat([held.reindex(every).fillna(0.0), strays])
        self._compare(
            "portfolio", published, pd.Series(weights, every), lambda at: f"weight of {at}"
        )

    def _scores(self):
        rows, definitions = self.published["fct_scores"], self.landed.rules.scores
        self.is_closed = self._is_closed()
        scored = days.ScoredDays(
            *(self.landed, self.at_risk, self.meta_models, self.problem, self.active),
            self.is_closed,
        )
        parts = {
            "scores": [r for r in definitions if r["family"] != days.TRUE_CONTRIBUTION],
            "true contribution": [r for r in definitions if r["family"] == days.TRUE_CONTRIBUTION],
        }
        unnamed = pd.Series(True, index=rows.index)  # of no definition: made up
        self.by_score = {}
        for part, of_part in parts.items():
            found, chosen = {}, pd.Series(False, index=rows.index)
            for row in of_part:
                name = row["score"], row["score_version"]
                here = (rows["score"] == name[0]) & (rows["score_version"] == name[1])
                unnamed &= ~here
                if self.is_known(row):
                    chosen |= here
                    self.by_score[name] = scored.of(row)
                    for key, _, values in self.by_score[name]:
                        found |= {(model, *key): value for model, value in values.items()}
            published = rows[chosen].set_index(DAY)["value"]
            self._compare(part, published, _series(found), _score_label)
            apart = [r for r in of_part if not self.is_known(r)]
            if apart:
                names = ", ".join(sorted(f"{r['score']} {r['score_version']}" for r in apart))
                inexact = any(r["score_version"] == days.UNDROPPED for r in apart)
                reasons = [NOT_TAKEN[part], *([INEXACT] if inexact else [])]
                self.parts[part].skipped = f"{names}: {'; '.join(reasons)}"
        made_up = rows[unnamed].set_index(DAY)["value"]
        self._compare("scores", made_up, _series({}), _score_label)

    def _is_closed(self):
        """Whether the clock has reached the close: by what opened, was delivered, or is published."""
        close_at = pd.Timestamp(self.landed.calendar["close_at"]).tz_convert(None)
        opened = pd.to_datetime(self.rounds["open_at"], utc=True).dt.tz_localize(None).max()
        deliveries = [known_at for *_, known_at in self.landed.targets]
        deliveries += list(self.landed.scores_elsewhere["known_at"].dropna())
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
        by_score = {
            name: [(key[3], is_final, values) for key, is_final, values in of_score]
            for name, of_score in self.by_score.items()
        }
        by_score = self._taken_as_published() | by_score
        found = payouts.payouts(self.landed, self.stakes, by_score, self.is_closed)
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

    def _taken_as_published(self):
        """Scores of a payout that the audit does not take: its arithmetic is audited all the same."""
        rows, found = self.published["fct_scores"], {}
        for score, version, *_ in self.landed.rules.terms():
            here = (rows["score"] == score) & (rows["score_version"] == version)
            if (score, version) not in self.by_score and here.any():
                self.parts["payouts"].skipped = f"{score} {version} in payouts: taken as published"
                found[score, version] = [
                    (day, of_day["is_final"].all(), of_day.set_index("model_id")["value"])
                    for day, of_day in rows[here].groupby("score_day")
                ]
        return found


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
