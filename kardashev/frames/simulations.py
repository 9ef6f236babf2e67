"""Replays of built rounds: payouts move stakes, stakes move the meta model, round after round.

Who is at risk in a round is as it was; how much follows from what each model staked when it entered, and from
the payouts settled since. What stakes enter into is taken anew: meta models, and scores that hang on them.
"""

from dataclasses import fields

import numpy as np
import pyarrow as pa

from kardashev.frames.blocks import Blocks
from kardashev.frames.replayed_rounds import ReplayedBlock, ReplayedRound
from kardashev.frames.staked_rounds import StakedRound
from kardashev.payouts import PayoutRule

STAKE = pa.struct(
    [
        ("model_id", pa.string()),
        ("stake_nmr", pa.float64()),
        ("at_risk_nmr", pa.float64()),
        ("score_used", pa.float64()),
        ("payout_nmr", pa.float64()),
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
        ("first_round", pa.int32()),
        ("last_round", pa.int32()),
        ("round_number", pa.int32()),
        ("payout_factor", pa.float64()),
        ("settled_at", pa.timestamp("us")),
        ("stakes", pa.list_(STAKE)),
        ("scores", pa.list_(SCORE)),
    ]
)


def simulation_rows(connection, simulations, rounds, rules, terms, sources, replayed):
    """The given rounds replayed, in the order of their closes, under each payout rule.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    simulations : relation (payout_rule, first_round, last_round); under a name that is no rule's, none pays
    rounds : relation (round_number, close_at)
    rules : relation (payout_rule, and the fields of `PayoutRule`)
    terms : relation (payout_rule, round_number, model_id, score, score_version, multiplier, value)
    sources : kardashev.frames.prepared.Sources
    replayed : kardashev.frames.replayed_rounds.Replayed

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        Payouts are null, and move no stake, where a score of the rule has no final day yet.
    """
    wanted = simulations.order("payout_rule, first_round, last_round").to_arrow_table().to_pylist()
    calendar = rounds.select("round_number, close_at").order("close_at, round_number").fetchall()

    def batches():
        reader = Blocks(connection)
        runs = [Run(row, _rule(reader, rules, row["payout_rule"])) for row in wanted]
        for number, close_at in calendar:
            block = ReplayedBlock.read(reader, {"round_number": number}, sources)
            this_round = ReplayedRound(block, replayed)
            for run in runs:
                if run.asked["first_round"] <= number <= run.asked["last_round"]:
                    row = run.asked | {"round_number": number}
                    row |= run.replay(this_round, close_at, terms)
                    yield pa.RecordBatch.from_pylist([row], schema=SCHEMA)

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
        self._settle(close_at)
        models = this_round.stakes["model_id"].to_pylist()
        stakes = self._stakes(models, this_round.stakes["stake_nmr"].to_numpy())
        at_risk = np.where(this_round.stakes["is_at_risk"].to_numpy(), stakes, 0.0)
        staked = StakedRound(this_round, at_risk)
        row = {"scores": staked.meta_model_scores()}
        scores = payouts = np.full(len(models), np.nan)
        if self.rule is not None:
            paid = this_round.paid_scores(terms, self.asked["payout_rule"])
            scores = sum(staked.term(*of_score) for of_score in paid) + np.zeros(len(models))
            row["payout_factor"] = self.rule.factor(at_risk.sum())
            row["settled_at"] = _settled_at(score for score, _ in paid)
        if row.get("settled_at") is not None:
            churns = this_round.stakes["mean_neutral_churn"].to_numpy()
            payouts = self.rule.payouts(at_risk, scores, churns)
            self.unsettled.append((row["settled_at"], dict(zip(models, payouts, strict=True))))
        columns = [models, stakes, at_risk, scores, payouts]
        arrays = [pa.array(column, from_pandas=True) for column in columns]
        return row | {"stakes": pa.StructArray.from_arrays(arrays, fields=list(STAKE)).to_pylist()}

    def _stakes(self, models, landed):
        for model, stake in zip(models, landed, strict=True):
            if stake > 0:
                self.balances.setdefault(model, stake)
        return np.array([max(self.balances.get(model, 0.0), 0.0) for model in models])

    def _settle(self, close_at):
        due = [payouts for settled_at, payouts in self.unsettled if settled_at <= close_at]
        self.unsettled = [later for later in self.unsettled if later[0] > close_at]
        for payouts in due:
            for model, payout in payouts.items():
                self.balances[model] = self.balances.get(model, 0.0) + payout


def _settled_at(scores):
    """When the last of the scores (rows, None for one that the round does not take) became final."""
    known = [None if score is None else score["first_known_at"] for score in scores]
    return max(known) if known and None not in known else None
