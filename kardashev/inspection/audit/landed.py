"""A round's landed rows as frames, and the signals that count."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from kardashev.errors import LandingError
from kardashev.inspection.audit import plain, span
from kardashev.landing.tables import STOCK_IDENTIFIERS

ACCEPTED, QUARANTINED, LATE, MISSING = "accepted", "quarantined", "late", "missing"
LARGEST_SQUARED = 1e100  # a larger signal is out of bounds anyway, and its square would not add up


class Moves(NamedTuple):
    """What is compared of a round with another: signals, normalised portfolios, signals outside N."""

    signals: pd.DataFrame
    portfolios: pd.DataFrame
    outside: pd.DataFrame


class LandedRound:
    """One round, from its landed rows.

    Parameters
    ----------
    evidence : kardashev.inspection.audit.evidence.Evidence
    calendar : dict, the round's row of rounds/
    rules : kardashev.inspection.audit.rules.Rules
    models : pandas.DataFrame, the rows of models/
    forms : module of formulas, `plain` or `organiser`
    """

    def __init__(self, evidence, calendar, rules, models, forms):
        self.evidence, self.calendar, self.rules, self.forms = evidence, calendar, rules, forms
        self.number = int(calendar["round_number"])
        self.registered = models

    def rows(self, name):
        return self.evidence.rows(name, self.number)

    @cached_property
    def universe(self):
        """The universe by stock, in the order of ids."""
        rows = self.rows("universe").set_index("stock_id").sort_index()
        if not rows.index.is_unique or rows.index.isna().any():
            raise LandingError(f"round {self.number}: universe/ names a stock twice, or none")
        return rows

    @cached_property
    def basis(self):
        """N of the stocks that have every column."""
        return self._wide("neutralizers", "neutralizer").dropna()

    @cached_property
    def factors(self):
        """Landed factors of all stocks, NaN where one is not landed."""
        return self._wide("factors", "factor").reindex(self.universe.index)

    def _wide(self, name, column):
        rows = self.rows(name)
        wide = rows.pivot(index="stock_id", columns=column, values="value")
        wide = wide.replace([np.inf, -np.inf], np.nan)
        return wide.reindex(self.universe.index.intersection(wide.index))

    @cached_property
    def uploads(self):
        """Each upload: model, time, whether it is late, whether it is valid, its signal by stock."""
        names = self.universe[list(STOCK_IDENTIFIERS)].assign(id=self.universe.index)
        names = names.melt(ignore_index=False, var_name="id_type", value_name="name").reset_index()
        names = names.dropna(subset="name").drop_duplicates(["id_type", "name"], keep=False)
        rows = self.rows("submissions").rename(columns={"id": "name"})
        rows = rows.merge(names, "left", ["id_type", "name"])
        close = pd.Timestamp(self.calendar["close_at"])
        found = []
        for (model, submitted_at), upload in rows.groupby(["model_id", "submitted_at"]):
            known = upload.dropna(subset="stock_id")
            found.append(
                {
                    "model_id": model,
                    "submitted_at": submitted_at,
                    "is_late": submitted_at > close,
                    "is_valid": self._is_valid(upload, known),
                    "signal": known.set_index("stock_id")["signal"] + 0.0,
                }
            )
        columns = ["model_id", "submitted_at", "is_late", "is_valid", "signal"]
        return pd.DataFrame(found, columns=columns)

    def _is_valid(self, upload, known):
        signal = known["signal"]
        metrics = {
            "missing_ids": upload["name"].isna().sum(),
            "repeated_ids": len(known) - known["stock_id"].nunique(),
            "known_stocks": known["stock_id"].nunique(),
            "unnamed_stocks": len(self.universe) - known["stock_id"].nunique(),
            "missing_signals": signal.isna().sum(),
            "smallest_signal": signal.min() if signal.notna().any() else 0.0,
            "largest_signal": signal.max() if signal.notna().any() else 0.0,
            "signal_deviation": signal[signal.abs() < LARGEST_SQUARED].std(),
        }
        for row in self.rules.of("contract_expectations"):
            if row["scope"] != "submission":
                continue
            value = metrics[row["metric"]]
            least, most = row["at_least"], row["at_most"]
            if not ((least is None or value >= least) and (most is None or value <= most)):
                return False
        return True

    @cached_property
    def chosen(self):
        """The upload that counts, by model: the last valid one in time, else the last in time, else late."""
        found = {}
        for model, uploads in self.uploads.groupby("model_id"):
            in_time = uploads[~uploads["is_late"]]
            for status, part in (
                (ACCEPTED, in_time[in_time["is_valid"]]),
                (QUARANTINED, in_time),
                (LATE, uploads),
            ):
                if len(part):
                    found[model] = status, part.loc[part["submitted_at"].idxmax(), "signal"]
                    break
        return found

    @cached_property
    def predictions(self):
        """Ranked signals of the accepted models on the whole universe; an absent stock has 0.5."""
        columns = {}
        for model in sorted(self.chosen):
            status, signal = self.chosen[model]
            if status == ACCEPTED:
                ranks = plain.ranked(signal.sort_index())
                columns[model] = ranks.reindex(self.universe.index).fillna(0.5)
        return pd.DataFrame(columns, index=self.universe.index)

    @cached_property
    def gaussian(self):
        """Prepared signals G."""
        return plain.gaussian(self.predictions)

    @cached_property
    def moves(self):
        """What other rounds are compared with; without N there are no portfolios."""
        signals, basis = self.predictions, self.basis
        if basis.empty or not signals.shape[1]:
            nothing = pd.DataFrame(index=basis.index)
            return Moves(signals, nothing, nothing)
        weights = self.forms.weights(signals, basis, self.universe["sample_weight"])
        centred = weights - weights.mean()
        portfolios = centred / centred.abs().sum().replace(0.0, np.nan)
        return Moves(signals, portfolios, span.outside(signals, basis))

    @cached_property
    def scores_elsewhere(self):
        """Landed scores, times as UTC."""
        rows = self.rows("scores")
        rows["known_at"] = _naive(rows["known_at"])
        return rows

    def statuses(self):
        """What became of each model's uploads; one whose scores were taken elsewhere is accepted."""
        found = {model: status for model, (status, _) in self.chosen.items()}
        return pd.Series(
            found | dict.fromkeys(self.scores_elsewhere["model_id"], ACCEPTED), dtype=object
        )

    @cached_property
    def stake_rows(self):
        """Landed stakes and multipliers by model."""
        return self.rows("stakes").set_index("model_id").sort_index()

    @cached_property
    def benchmarks(self):
        """Models registered as benchmarks by the close."""
        return self._registered_as("is_benchmark")

    @cached_property
    def references(self):
        """Benchmarks and examples registered by the close: neither ranked nor paid."""
        return self.benchmarks | self._registered_as("is_example")

    def _registered_as(self, kind):
        agreed = self.registered.drop_duplicates().drop_duplicates("model_id", keep=False)
        created = pd.to_datetime(agreed["created_at"], utc=True)
        in_time = created.isna() | (created <= pd.Timestamp(self.calendar["close_at"]))
        return set(agreed.loc[agreed[kind].fillna(False).astype(bool) & in_time, "model_id"])

    @cached_property
    def targets(self):
        """Values by stock of each delivery: (target, score_day, known_at) → Series; NaN is no value."""
        rows = self.rows("targets")
        rows["known_at"] = _naive(rows["known_at"])
        rows = rows[np.isfinite(rows["value"])]
        by_delivery = rows.groupby(["target", "score_day", "known_at"])
        return {key: part.set_index("stock_id")["value"].sort_index() for key, part in by_delivery}


def _naive(times):
    return pd.to_datetime(times, utc=True).dt.tz_localize(None)
