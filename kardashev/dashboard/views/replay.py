"""A replay: what stakes and meta models would have become under other payout rules."""

from kardashev.dashboard import charts
from kardashev.dashboard.views.view import view

NOTHING = "This replay has no row of this kind."


def stakes(published, first_round, last_round):
    """Stakes under each rule."""
    return view(
        "Stakes",
        "All stakes under each rule, beside frozen ones. Effective models: how many equal stakes would be as "
        "concentrated.",
        published.read("replay_stakes", first_round=first_round, last_round=last_round),
        lambda frame: charts.lines(frame, "stake_nmr", by="payout_rule"),
        nothing=NOTHING,
    )


def scores(published, first_round, last_round):
    """What the meta model gains."""
    frame = published.read("replay_scores", first_round=first_round, last_round=last_round)
    frame["rule_and_score"] = (
        frame["payout_rule"] + ": " + frame["meta_model"] + " " + frame["score"]
    )
    return view(
        "The meta model's gain over frozen stakes",
        "The running sum of its score under the rule, less that with frozen stakes.",
        frame,
        lambda frame: charts.lines(
            frame, "cumulative_gain", by="rule_and_score", detail="score_version"
        ),
        nothing=NOTHING,
    )


def models(published, first_round, last_round):
    """What each model would have been paid."""
    return view(
        "What each rule would have paid",
        "Settled payouts over the replay, and the stake that they lead to. Select a row to open "
        "the model.",
        published.read("replay_models", first_round=first_round, last_round=last_round),
        lambda frame: charts.ranked_bars(frame, "model", "payout_nmr", "payout_rule"),
        nothing=NOTHING,
        opens="model",
    )
