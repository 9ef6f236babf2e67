"""A landing of any size for benchmarks of whole builds: daily rounds, drifting signals.

Everything of a round is drawn from its number, so rounds can be landed one by one.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DAY = pd.Timedelta(days=1)
FIRST_ERA = np.datetime64("2020-01-06")
LAG = 2  # weekdays until a return day is known
TARGETS = {
    20: ("factor_feat_neutral_20", "factor_neutral_20", "raw_return_20", "return_20"),
    60: ("chili_60",),
}
BINS = np.repeat([0, 0.25, 0.5, 0.75, 1], (1, 4, 10, 4, 1)) * 1.0
LEAVERS = 2  # stocks that leave the universe each round, and as many that come
SIGNAL_NOISE = 0.03  # of a signal from round to round, beside a lasting opinion of size 1
MODELS_AT_ONCE = 200


@dataclass(frozen=True)
class Tournament:
    """Sizes of a landing, and where it is."""

    landing: Path
    stocks: int
    models: int
    columns: int
    factors: int = 12
    kind: str = "live"

    def land(self, numbers):
        """Rounds, each with all of its tables but targets."""
        self._models()
        for number in numbers:
            self._round(number)

    def land_targets(self, newest, numbers, only_newest=False):
        """Of each round the newest day that is known when a round opens."""
        for number in numbers:
            for horizon, names in TARGETS.items():
                day = min(newest - number - LAG, horizon)
                is_over = newest - number - LAG > horizon
                if day >= 1 and not (only_newest and is_over):
                    self._targets(number, horizon, names, day)

    def _ids(self, number):
        return np.array([f"S{i:05d}" for i in self._stocks(number)])

    def _stocks(self, number):
        return np.arange(LEAVERS * number, LEAVERS * number + self.stocks)

    def _write(self, table, name, columns):
        path = self.landing / table / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)

    def _models(self):
        names = [f"model_{m:05d}" for m in range(self.models)]
        created = pa.repeat(pa.scalar(pd.Timestamp("2019-01-01", tz="UTC")), self.models)
        columns = {
            "model_id": names,
            "account_id": [f"account_{m // 4}" for m in range(self.models)],
        }
        columns |= {"display_name": names, "is_benchmark": [m < 3 for m in range(self.models)]}
        self._write("models", "all", columns | {"created_at": created})

    def _round(self, number):
        ids, rng = self._ids(number), np.random.default_rng([1, number])
        repeated = pa.repeat(pa.scalar(number, pa.int32()), self.stocks)
        weights = self._of_stocks(number, np.random.default_rng(2).random)[:, 0] + 0.5
        opened = opening(number)
        calendar = {"tournament": ["house"], "round_number": [number], "kind": [self.kind]}
        calendar |= {"era_date": [era(number)], "open_at": [opened], "close_at": [opened + DAY]}
        self._write("rounds", number, calendar)
        groups = np.array(["one", "two", "three", "four"])[self._stocks(number) % 4]
        universe = {"round_number": repeated, "stock_id": ids, "ticker": ids}
        universe |= {"sample_weight": weights, "country": groups, "sector": groups}
        self._write("universe", number, universe)
        drawn = self._of_stocks(number, np.random.default_rng(3).standard_normal, self.columns)
        basis = np.linalg.qr(np.sqrt(weights)[:, None] * drawn)[0] / np.sqrt(weights)[:, None]
        named = {f"n_{c:03d}": basis[:, c] for c in range(self.columns)}
        self._write("neutralizers", number, {"round_number": repeated, "stock_id": ids} | named)
        names = ["beta", "size", "volatility", "momentum_long"]
        names += [f"feature_{c:02d}" for c in range(self.factors - 4)]
        exposures = self._of_stocks(number, np.random.default_rng(4).standard_normal, self.factors)
        named = dict(zip(names, exposures.T, strict=True))
        self._write("factors", number, {"round_number": repeated, "stock_id": ids} | named)
        stakes = np.random.default_rng(5).lognormal(2, 1.5, self.models)
        stakes *= np.random.default_rng(6).random(self.models) > 0.5
        staked = {"round_number": [number] * self.models, "stake_nmr": stakes}
        staked["model_id"] = [f"model_{m:05d}" for m in range(self.models)]
        self._write("stakes", number, staked)
        self._submissions(number, ids, opened, rng)

    def _of_stocks(self, number, draw, columns=1):
        """What a round's stocks keep from round to round (stocks, columns)."""
        places = self._stocks(number)
        return draw((places[-1] + 1, columns))[places]

    def _submissions(self, number, ids, opened, rng):
        path = self.landing / "submissions" / f"{number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        indices = pa.array(np.arange(self.stocks, dtype=np.int32))
        tickers = pa.DictionaryArray.from_arrays(indices, pa.array(ids))
        writer = None
        for start in range(0, self.models, MODELS_AT_ONCE):
            names = range(start, min(start + MODELS_AT_ONCE, self.models))
            # An opinion lasts, stock by stock; whoever comes later has one already.
            signals = [self._signal(model, number, rng) for model in names]
            count = len(names) * self.stocks
            where = pa.array(np.repeat(np.arange(len(names), dtype=np.int32), self.stocks))
            models = pa.DictionaryArray.from_arrays(where, [f"model_{m:05d}" for m in names])
            table = pa.table(
                {
                    "round_number": pa.repeat(pa.scalar(number, pa.int32()), count),
                    "model_id": models,
                    "submitted_at": pa.repeat(pa.scalar(opened + DAY / 24), count),
                    "id_type": pa.repeat("ticker", count),
                    "id": pa.chunked_array([tickers] * len(names)),
                    "signal": np.concatenate(signals),
                }
            )
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table, row_group_size=count)
        writer.close()

    def _signal(self, model, number, rng):
        places = self._stocks(number)
        lasting = np.random.default_rng([7, model]).random(places[-1] + 1, dtype=np.float32)
        drawn = lasting[places] + SIGNAL_NOISE * rng.standard_normal(self.stocks, dtype=np.float32)
        drawn -= drawn.min()
        return (drawn / drawn.max()).astype(float)

    def _targets(self, number, horizon, names, day):
        ids, rng = self._ids(number), np.random.default_rng([8, number, horizon, day])
        known_at = opening(number + day + LAG)
        for name in names:
            values = rng.permutation(np.resize(BINS, self.stocks))
            if name == "return_20":
                values = rng.normal(0.01, 0.1, self.stocks)
            columns = {"round_number": [number] * self.stocks, "stock_id": ids, "value": values}
            columns |= {"target": [name] * self.stocks, "score_day": [day] * self.stocks}
            columns["known_at"] = pa.repeat(pa.scalar(known_at), self.stocks)
            self._write("targets", f"{number}_{name}_{day}", columns)


def era(number):
    """A weekday for each round."""
    return pd.Timestamp(np.busday_offset(FIRST_ERA, number)).date()


def opening(number):
    """A round opens the day after its era."""
    return pd.Timestamp(era(number), tz="UTC") + DAY + pd.Timedelta(hours=13)
