"""Uploads over many eras of validation: CPU seconds and memory of the first, a second, and many at once.

    python tests/bench/diagnostics.py                       60 eras
    python tests/bench/diagnostics.py --eras 600 --many 0   as many as there are

Lands eras with an upload of one file over all of them, builds; lands a second upload, builds; builds with
nothing new; then lands many uploads, and builds once.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from build import Builds, say
from tournament import TARGETS, Tournament, era, opening


class Eras(Tournament):
    """Eras of validation: uploads come apart from them, each a file over all eras."""

    def _submissions(self, number, ids, opened, rng):
        """None with the era."""

    def land_upload(self, place, eras):
        """A signal that drifts."""
        rng = np.random.default_rng([9, place])
        path = self.landing / "submissions" / f"upload_{place:05d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        sent, tables = pa.scalar(opening(eras + 90)), []
        for number in range(eras):
            columns = {"round_number": pa.repeat(pa.scalar(number, pa.int32()), self.stocks)}
            columns |= {"model_id": pa.repeat(f"model_{place:05d}", self.stocks)}
            columns |= {"submitted_at": pa.repeat(sent, self.stocks)}
            columns |= {"id_type": pa.repeat("ticker", self.stocks), "id": self._ids(number)}
            tables.append(pa.table(columns | {"signal": self._signal(place, number, rng)}))
        pq.write_table(pa.concat_tables(tables), path)


def main():
    options = parsed()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="kardashev-bench-"))
    landing, uploads = folder / "landing", 2 + options.many
    sizes = options.stocks, uploads, options.columns, options.factors
    tournament, builds = Eras(landing, *sizes, kind="validation"), Builds(folder)
    say(
        f"{options.eras} eras to {era(options.eras)}, {options.stocks:,} stocks, "
        f"{options.columns} neutralizers, {options.factors} factors"
    )
    try:
        for number in range(options.eras):
            tournament._round(number)
            for horizon, names in TARGETS.items():
                tournament._targets(number, horizon, names, horizon)
        tournament._models()
        shutil.rmtree(landing / "stakes")
        tournament.land_upload(0, options.eras)
        builds.build("the first upload")
        tournament.land_upload(1, options.eras)
        builds.build("a second upload")
        builds.build("nothing new")
        if options.many:
            for place in range(2, uploads):
                tournament.land_upload(place, options.eras)
            builds.build(f"{options.many} uploads")
        builds.print_bytes()
    finally:
        if not options.folder:
            shutil.rmtree(folder)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--eras", type=int, default=60)
    parser.add_argument("--stocks", type=int, default=5000)
    parser.add_argument("--columns", type=int, default=50, help="of N")
    parser.add_argument("--factors", type=int, default=12)
    parser.add_argument("--many", type=int, default=0, help="uploads in one build")
    parser.add_argument("--folder", help="kept; default: a temporary one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
