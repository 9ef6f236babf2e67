"""Replays of built rounds: payouts move stakes, stakes move the meta model, round after round.

Who is at risk in a round is as it was; how much follows from what each model staked when it entered, and from
the payouts settled since. What stakes enter into is taken anew: meta models, and scores that hang on them.
"""

from dataclasses import fields

import numpy as np
import pyarrow as pa

from kardashev.replay.payouts import PayoutRule
from kardashev.replay.replayed_rounds import ReplayedBlock, ReplayedRound
from kardashev.replay.staked_rounds import StakedRound
from kardashev.rounds.ahead import Ahead
from kardashev.rounds.blocks import Blocks

ROUNDS_A_LINE = 10  # of progress
LANDED, GIVEN = "landed", "given"  # whose stakes a replay has that no payout moves
STAKE = pa.struct(
    [
        ("model_id", pa.string()),
        ("stake_nmr", pa.float64()),
        ("at_risk_nmr", pa.float64()),
        ("score_used", pa.float64()),
        ("payout_nmr", pa.float64()),
        ("settled_at", pa.timestamp("us")),
    ]
)
SCORE = pa.struct(
    [
        ("meta_model", pa.string()),
        ("score", pa.string()),
        ("score_version", pa.string()),
        ("target", pa.string()),
        ("value", pa.float64()),
    ]
)
SCHEMA = pa.schema(
    [
        ("payout_rule", pa.string()),
        ("stakes_of", pa.string()),
        ("first_round", pa.int32()),
        ("last_round", pa.int32()),
        ("round_number", pa.int32()),
        ("payout_factor", pa.float64()),
        ("stakes", pa.list_(STAKE)),
        ("scores", pa.list_(SCORE)),
    ]
)


def replay_rows(connection, replays, rounds, rules, terms, sources, replayed, progress):
    """The given rounds replayed, in the order of their closes, under each payout rule.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    replays : list of dict (payout_rule, first_round, last_round); under a name that is no rule's, none pays;
        with stakes_of, `LANDED` or `GIVEN`, no payout moves a stake
    rounds : relation (round_number, close_at)
    rules : relation (payout_rule, and the fields of `PayoutRule`)
    terms : relation (payout_rule, round_number, model_id, score, score_version, multiplier, value)
    sources : kardashev.rounds.prepared.Sources
    replayed : kardashev.replay.replayed_rounds.Replayed
    progress : function of one line

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        A payout is null, and moves no stake, where a score in the model's sum has no final day yet.
    """
    calendar = rounds.select("round_number, close_at").order("close_at, round_number").fetchall()

    def batches():
        reader = Blocks(connection, Ahead([number for number, _ in calendar]))
        runs = [
            (StandingRun if row.get("stakes_of") else Run)(
                row, _rule(reader, rules, row["payout_rule"])
            )
            for row in replays
        ]
        for count, (number, close_at) in enumerate(calendar, start=1):
            block = ReplayedBlock.read(reader, number, sources)
            this_round = ReplayedRound(block, replayed)
            for run in runs:
                row = run.asked | {"round_number": number}
                row |= run.replay(this_round, close_at, terms)
                yield pa.RecordBatch.from_pylist([row], schema=SCHEMA)
            if count % ROUNDS_A_LINE == 0 or count == len(calendar):
                progress(f"replayed {count} of {len(calendar)} rounds")

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def _rule(reader, rules, name):
    columns = ", ".join(field.name for field in fields(PayoutRule))
    rows = reader.rows(rules, {"payout_rule": name}, columns).to_pylist()
    return PayoutRule(**rows[0]) if rows else None


class Run:
    """One replay: under which rule, what each model has by now, and what is still to be settled."""

    def __init__(self, asked, rule):
        self.asked, self.rule = asked, rule
        self.balances, self.unsettled = {}, []

    def replay(self, this_round, close_at, terms):
        """Stakes of the round, what they score and are paid: the row's further columns."""
        close_at = np.datetime64(close_at, "us")
        self._settle(close_at)
        models = this_round.stakes["model_id"].to_pylist()
        stakes, is_at_risk = self._stakes(models, this_round.stakes)
        at_risk = np.where(is_at_risk, stakes, 0.0)
        staked = StakedRound(this_round, at_risk)
        row = {"scores": staked.meta_model_scores()}
        scores = payouts = np.full(len(models), np.nan)
        settled_at = np.full(len(models), np.datetime64("NaT", "us"))
        if self.rule is not None:
            paid = this_round.terms(terms, self.asked["payout_rule"])
            scores = sum((staked.summand(term) for term in paid), np.zeros(len(models)))
            settled_at = settlements(close_at, paid, len(models))
            churns = this_round.stakes["mean_neutral_churn"].to_numpy()
            row["payout_factor"] = self._factor(at_risk, this_round.stakes)
            payouts = self.rule.payouts(at_risk, scores, churns, row["payout_factor"])
            payouts = np.where(this_round.stakes["is_paid"].to_numpy(), payouts, 0.0)
            payouts = np.where(np.isnat(settled_at), np.nan, payouts)
            for day in np.unique(settled_at[~np.isnat(settled_at)]):
                here = settled_at == day
                of_day = zip(np.array(models)[here], payouts[here], strict=True)
                self.unsettled.append((day, dict(of_day)))
        columns = [models, stakes, at_risk, scores, payouts, settled_at]
        arrays = [pa.array(column, from_pandas=True) for column in columns]
        return row | {"stakes": pa.StructArray.from_arrays(arrays, fields=list(STAKE)).to_pylist()}

    def _stakes(self, models, rows):
        for model, stake in zip(models, rows["stake_nmr"].to_pylist(), strict=True):
            if stake > 0:
                self.balances.setdefault(model, stake)
        stakes = np.array([max(self.balances.get(model, 0.0), 0.0) for model in models])
        return stakes, rows["is_at_risk"].to_numpy()

    def _factor(self, at_risk, _rows):
        return self.rule.factor(at_risk.sum())

    def _settle(self, close_at):
        due = [payouts for settled_at, payouts in self.unsettled if settled_at <= close_at]
        self.unsettled = [later for later in self.unsettled if later[0] > close_at]
        for payouts in due:
            for model, payout in payouts.items():
                self.balances[model] = self.balances.get(model, 0.0) + payout


class StandingRun(Run):
    """One replay whose stakes are those of the round: landed, or with given ones in place of some."""

    def _stakes(self, models, rows):
        prefix = "landed_" if self.asked["stakes_of"] == LANDED else ""
        is_at_risk = rows[f"is_{prefix}at_risk"].to_numpy()
        return rows[f"{prefix}stake_nmr"].to_numpy(), is_at_risk

    def _factor(self, at_risk, rows):
        landed, outside = (
            rows[name][0].as_py() if len(rows) else None
            for name in ("landed_factor", "outside_nmr")
        )
        return landed if landed is not None else self.rule.factor(at_risk.sum() + (outside or 0))

    def _settle(self, close_at):
        """Payouts move nothing."""


def settlements(close_at, terms, count):
    """When each stake's payout is settled: when the round has closed and the last score of its sum is final.

    Parameters
    ----------
    close_at : datetime64
    terms : sequence of kardashev.replay.replayed_rounds.Term
    count : int, staked models

    Returns
    -------
    datetime64 array (staked models,), NaT where a score of the sum is not final
    """
    found = np.full(count, close_at)
    for term in terms:
        found = np.where(term.multipliers == 0, found, np.maximum(found, term.final_at))
    return found
