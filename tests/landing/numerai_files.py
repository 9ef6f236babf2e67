"""Files as numerapi downloads them, made up: every column, few rows.

Columns are those of Signals v2.1 and of the main tournament's v5 (docs/participants.md names the sources).
"""

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd

FIRST_FRIDAY = date(2026, 1, 2)
FACTORS = (
    *("adv_20d", "beta", "book_to_price", "dividend_yield", "earnings_yield", "growth"),
    *("impact_cost", "market_cap", "momentum_12w", "momentum_26w", "momentum_52w"),
    *("momentum_52w_less_4w", "price", "value", "volatility"),
)
RANKS = (
    *("ppo_60d_130d", "ppo_60d_90d", "rsi_130d", "rsi_60d", "rsi_90d", "trix_130d", "trix_60d"),
)
SIGNALS_FEATURES = [f"feature_{name}_factor" for name in FACTORS]
SIGNALS_FEATURES += [f"feature_{name}_country_ranknorm" for name in RANKS]
TARGETS = (
    *("raw_return_20", "raw_return_60", "factor_neutral_20", "factor_neutral_60"),
    *("factor_feat_neutral_20", "factor_feat_neutral_60", "chili_60"),
)
SIGNALS_TARGETS = [f"target_{name}" for name in TARGETS]
NEUTRALIZERS = 8  # the organiser's have some 200
CLASSIC_FEATURES = 2748
NAMES = (
    *("agnes", "alpha", "bravo", "caroline", "charlie", "claudia", "cyrusd", "delta", "echo"),
    *("ender", "jasper", "jeremy", "ralph", "rowan", "sam", "teager2b", "tyler", "victor"),
    *("waldo", "xerxes"),
)
CLASSIC_TARGETS = ["target", *(f"target_{name}_{h}" for name in NAMES for h in (20, 60))]
BENCHMARKS = ("v5_lgbm_ct_blend", "v52_lgbm_cyrusd20", "v52_lgbm_ender60")
FIRST_ERA, ERA_ONE = 1200, date(2003, 1, 10)
BINS, SHARES = (0, 0.25, 0.5, 0.75, 1), (0.05, 0.2, 0.5, 0.2, 0.05)


def fridays(count):
    return [FIRST_FRIDAY + timedelta(7 * n) for n in range(count)]


def bins(rng, rows, columns):
    """Targets in five bins, in the organiser's shares within each column."""
    counts = np.round(np.array(SHARES) * rows).astype(int)
    counts[2] += rows - counts.sum()
    one = np.repeat(BINS, counts).astype(np.float32)
    return np.column_stack([rng.permutation(one) for _ in columns])


def orthonormal(rng, weights, columns):
    """N with NᵀVN = I; the first column is the market."""
    raw = np.column_stack([np.ones(len(weights)), rng.normal(size=(len(weights), columns - 1))])
    basis, _ = np.linalg.qr(np.sqrt(weights)[:, None] * raw)
    return basis / np.sqrt(weights)[:, None]


def signals_era(day, stocks, data_type="validation"):
    """Rows of the data, N, weights and example predictions of one day."""
    rng = np.random.default_rng([day.toordinal(), 1])
    tickers = [f"T{n:03d} {'US' if n % 3 else 'JP'}" for n in range(stocks)]
    lasting = np.random.default_rng(5)
    opinion = lasting.normal(size=stocks)
    key = pd.DataFrame({"numerai_ticker": tickers, "date": day.isoformat()})
    data = key.assign(
        composite_figi=[f"BBG{n:09d}" for n in range(stocks)],
        bloomberg_ticker=[f"T{n:03d} UN" for n in range(stocks)],
        data_type=data_type,
        country=[ticker[-2:] for ticker in tickers],
        sector=[("Energy", "Utilities", None)[n % 3] for n in range(stocks)],
        feature_exchange_code="XNYS",
    )
    features = rng.normal(size=(stocks, len(SIGNALS_FEATURES))).astype(np.float32)
    targets = bins(rng, stocks, SIGNALS_TARGETS)
    if data_type == "live":
        targets[:] = np.nan
    data = pd.concat(
        [
            data,
            pd.DataFrame(features, columns=SIGNALS_FEATURES),
            pd.DataFrame(targets, columns=SIGNALS_TARGETS),
        ],
        axis=1,
    ).assign(target=targets[:, SIGNALS_TARGETS.index("target_factor_feat_neutral_20")])
    weights = lasting.random(stocks) + 0.5
    basis = orthonormal(np.random.default_rng(6), weights, NEUTRALIZERS)
    names = [f"neutralizer_{n}" for n in range(NEUTRALIZERS)]
    example = pd.Series(opinion + 0.05 * rng.normal(size=stocks)).rank(pct=True) - 0.5 / stocks
    return {
        "": data,
        "_neutralizer": pd.concat([key, pd.DataFrame(basis, columns=names)], axis=1),
        "_sample_weights": key.assign(sample_weight=weights),
        "_example_preds": key.assign(signal=example),
    }


def write_signals(folder, days, stocks=12, group="validation", row_group_size=None):
    """The files of one group of Signals; frames by the end of the file's name."""
    eras = [signals_era(day, stocks, group) for day in days]
    frames = {end: pd.concat([era[end] for era in eras], ignore_index=True) for end in eras[0]}
    folder.mkdir(parents=True, exist_ok=True)
    for end, frame in frames.items():
        if group == "live" and end in ("_neutralizer", "_sample_weights"):
            continue  # the organiser publishes none
        frame.to_parquet(
            folder / f"{group}{end}.parquet", index=False, row_group_size=row_group_size
        )
    return frames


def classic_features():
    return [f"feature_{n:04d}_nonlinear" for n in range(CLASSIC_FEATURES)]


def classic_era(number, stocks, data_type):
    rng = np.random.default_rng([number, 2])
    ids = [f"n{number:04d}{n:011x}" for n in range(stocks)]
    era = "X" if data_type == "live" else f"{number:04d}"
    features = rng.integers(0, 5, size=(stocks, CLASSIC_FEATURES), dtype=np.int8)
    targets = bins(rng, stocks, CLASSIC_TARGETS)
    if data_type == "live":
        targets[:] = np.nan
    data = pd.concat(
        [
            pd.DataFrame({"era": era, "data_type": data_type}, index=range(stocks)),
            pd.DataFrame(features, columns=classic_features()),
            pd.DataFrame(targets, columns=CLASSIC_TARGETS),
        ],
        axis=1,
    ).set_axis(pd.Index(ids, name="id"))
    signals = pd.DataFrame(rng.random((stocks, len(BENCHMARKS) + 2)), index=data.index)
    return {
        "": data,
        "_example_preds": signals[[0]].set_axis(["prediction"], axis=1),
        "_benchmark_models": signals.iloc[:, 1:-1].set_axis(BENCHMARKS, axis=1).assign(era=era),
        "meta_model": signals.iloc[:, -1:].set_axis(["numerai_meta_model"], axis=1).assign(era=era),
    }


def write_classic(folder, count, stocks=12, group="validation"):
    """The files of one group of the main tournament, with ids as a frame's index; frames alike."""
    eras = [classic_era(FIRST_ERA + n, stocks, group) for n in range(count)]
    frames = {end: pd.concat([era[end] for era in eras]) for end in eras[0]}
    folder.mkdir(parents=True, exist_ok=True)
    for end, frame in frames.items():
        if end == "meta_model":
            if group == "validation":
                frame.to_parquet(folder / "meta_model.parquet")
        else:
            frame.to_parquet(folder / f"{group}{end}.parquet")
    names = classic_features()
    sets = {"small": names[:42], "medium": names[:780], "all": names}
    document = {"feature_sets": sets, "feature_stats": {}, "targets": CLASSIC_TARGETS}
    (folder / "features.json").write_text(json.dumps(document))
    return frames
