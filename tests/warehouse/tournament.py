"""A small tournament for whole builds: hostile in its values, plain in its files.

Every table of a round is drawn from the round's number alone, so a landing does not depend on the order in
which its parts are written. What a stock is lasts, and most models think of it next week as they do
today: stakes are at risk from the second round on. One model's mind is new each round.
"""

from pathlib import Path

import numpy as np
import pandas as pd

STOCKS = 140
DAY = pd.Timedelta(days=1)
FIRST_ERA = pd.Timestamp("2026-01-02")
TARGETS = {
    20: ("factor_feat_neutral_20", "factor_neutral_20", "raw_return_20", "return_20"),
    60: ("chili_60",),
}
MODELS = tuple(f"model_{name}" for name in "abcdefgh")
CLONE = ("model_a", "model_b")
BENCHMARKS = ("model_a", "model_f")
ROUNDS = (1, 2, 3, 4, 5, 6)  # of a clean warehouse
LONE_ROUND = 3  # one model only
UNSTAKED_ROUND = 4  # nothing at risk
FICKLE = "model_h"  # its signals are new each round
RESTLESS = "model_g"  # its ranks stay, by and large, and its weights do not
STOCKS_EVER = 1200


def era(number):
    return FIRST_ERA + 7 * number * DAY


def open_at(number):
    return era(number).tz_localize("UTC") + DAY + pd.Timedelta(hours=13)


def generator(*key):
    return np.random.default_rng([7, *key])


def stocks(number):
    """The universe drifts: each round two stocks leave and two come."""
    return np.arange(2 * number, 2 * number + STOCKS)


def stock_ids(number):
    return np.array([f"S{i:04d}" for i in stocks(number)])


def write(frame, landing, table, name):
    path = Path(landing) / table / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)
    return path


def land_models(landing):
    frame = pd.DataFrame(
        {
            "model_id": MODELS,
            "account_id": [f"account_{i % 3}" for i in range(len(MODELS))],
            "display_name": [m.title() for m in MODELS],
            "is_benchmark": [m in BENCHMARKS for m in MODELS],
            "created_at": pd.Timestamp("2025-01-01", tz="UTC"),
        }
    )
    write(frame, landing, "models", "models")


def sample_weights(number):
    return generator(1).random(STOCKS_EVER)[stocks(number)] + 0.5


def neutralizers(number):
    exposures = generator(2).normal(size=(STOCKS_EVER, 4))[stocks(number)]
    weights = sample_weights(number)
    columns = np.column_stack([np.ones(STOCKS), exposures])
    orthonormal, _ = np.linalg.qr(np.sqrt(weights)[:, None] * columns)
    return orthonormal / np.sqrt(weights)[:, None]


def factors(number):
    """Raw exposures: two sectors, which sum to one, and columns of very different size."""
    rng = generator(number, 6)
    in_first = rng.random(STOCKS) > 0.4
    return pd.DataFrame(
        {
            "beta": rng.normal(1, 0.3, STOCKS),
            "size": rng.normal(20, 2, STOCKS),
            "sector_one": in_first * 1.0,
            "sector_two": ~in_first * 1.0,
            "feature_reversal": rng.normal(0, 0.05, STOCKS),
            "feature_volume": rng.lognormal(8, 1, STOCKS),
        }
    )


def stakes(number):
    rng = generator(number, 3)
    drawn = np.round(rng.random(len(MODELS)) * 40, 3) * (rng.random(len(MODELS)) > 0.25)
    drawn[0], drawn[1] = 25.5, 10.0
    return drawn * (number != UNSTAKED_ROUND)


def submission(number, model, correction=0):
    """Ids and signals of one upload; clones differ in their scale only."""
    place = MODELS.index(CLONE[0] if model == CLONE[1] else model)
    lasting, rng = generator(4, place), generator(number, 4, place, correction)
    opinion = lasting.random(STOCKS_EVER)[stocks(number)]
    is_named = lasting.random(STOCKS_EVER)[stocks(number)] > 0.02 * place
    noise = {FICKLE: 9, RESTLESS: 0.07}.get(model, 0.02)
    signal = opinion + noise * rng.normal(size=STOCKS)
    signal = (signal - signal.min()) / np.ptp(signal)
    if model == "model_c":  # heavy ties
        signal = np.round(signal, 1)
    if model == "model_d":  # two values
        signal = (signal > 0.6) * 0.5 + 0.25
    if model == CLONE[1]:
        signal = signal / 2
    return np.append(stock_ids(number)[is_named], "UNKNOWN"), np.append(signal[is_named], 0.5)


def land_upload(landing, number, model, hours=1, correction=0, signal=None):
    ids, values = submission(number, model, correction)
    frame = pd.DataFrame(
        {
            "round_number": number,
            "model_id": model,
            "submitted_at": open_at(number) + pd.Timedelta(hours=hours),
            "id_type": "ticker",
            "id": ids,
            "signal": values if signal is None else signal,
        }
    )
    return write(frame, landing, "submissions", f"{number}_{model}_{hours}")


def land_round(landing, number, kind="live"):
    """Everything of a round but its targets."""
    ids = stock_ids(number)
    calendar = {
        "tournament": "house",
        "round_number": [number],
        "kind": kind,
        "era_date": [era(number).date()],
        "open_at": [open_at(number)],
        "close_at": [open_at(number) + 2 * DAY],
    }
    universe = {
        "round_number": number,
        "stock_id": ids,
        "ticker": ids,
        "sample_weight": sample_weights(number),
        "country": "US",
        "sector": "all",
    }
    basis = pd.DataFrame(neutralizers(number), columns=[f"n_{i}" for i in range(5)])
    staked = {"round_number": number, "model_id": MODELS, "stake_nmr": stakes(number)}
    write(pd.DataFrame(universe), landing, "universe", number)
    write(basis.assign(round_number=number, stock_id=ids), landing, "neutralizers", number)
    exposures = factors(number).assign(round_number=number, stock_id=ids)
    write(exposures, landing, "factors", number)
    write(pd.DataFrame(staked), landing, "stakes", number)
    write(pd.DataFrame(calendar), landing, "rounds", number)
    for model in MODELS:
        if number != LONE_ROUND or model == "model_a":
            land_upload(landing, number, model)
    if number == 2:  # one skips, one is late, one corrects itself, one spoils a second upload
        (Path(landing) / "submissions" / "2_model_e_1.parquet").unlink()
        (Path(landing) / "submissions" / "2_model_f_1.parquet").unlink()
        land_upload(landing, number, "model_f", hours=60)
        land_upload(landing, number, "model_g", hours=5, correction=1)
        land_upload(landing, number, "model_h", hours=5, signal=np.nan)


def target_values(number, target, day, revision=0):
    """Values by stock: in odd rounds a tenth of the stocks is missing, another tenth for each target."""
    horizon = next(h for h, names in TARGETS.items() if target in names)
    rng = generator(number, 5, horizon, TARGETS[horizon].index(target), day, revision)
    shares = np.array([0.05, 0.2, 0.5, 0.2, 0.05])
    values = rng.permutation(
        np.repeat([0, 0.25, 0.5, 0.75, 1], np.rint(shares * STOCKS).astype(int))
    )
    if target == "return_20":
        values = rng.normal(0.01, 0.1, size=STOCKS)
    here = rng.random(STOCKS) > 0.1 * (number % 2)
    return pd.Series(values[here], index=stock_ids(number)[here], name=target)


def land_targets(landing, number, horizon, day=None, revision=0):
    day = horizon if day is None else day
    frames = []
    for target in TARGETS[horizon]:
        values = target_values(number, target, day, revision)
        frames.append(
            pd.DataFrame(
                {
                    "round_number": number,
                    "stock_id": values.index,
                    "target": target,
                    "score_day": day,
                    "value": values.to_numpy(),
                    "known_at": open_at(number) + (1.5 * day + 4 + revision) * DAY,
                }
            )
        )
    return write(pd.concat(frames), landing, "targets", f"{number}_{horizon}_{day}_{revision}")


def land_all(landing, numbers):
    land_models(landing)
    for number in numbers:
        land_round(landing, number)
        for horizon in TARGETS:
            land_targets(landing, number, horizon)
