"""A file of the main tournament's width lands in bounded memory, whatever its row groups."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numerai_files import CLASSIC_TARGETS, FIRST_ERA, bins, classic_features

pytestmark = pytest.mark.long

ERAS, STOCKS = 40, 5_000
LARGEST_KILOBYTES = 4 * 2**20
RUN = """
import resource, sys
from kardashev.cli import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(status)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """200,000 rows of 2,748 features in one row group, as pandas writes them."""
    folder = tmp_path_factory.mktemp("v5.0")
    rng = np.random.default_rng(8)
    rows = ERAS * STOCKS
    columns = {
        "id": [f"n{n:015x}" for n in range(rows)],
        "era": np.repeat([f"{FIRST_ERA + n:04d}" for n in range(ERAS)], STOCKS),
        "data_type": np.repeat("validation", rows),
    }
    some = [pa.array(rng.integers(0, 5, rows, dtype=np.int8)) for _ in range(64)]
    columns |= {name: some[n % 64] for n, name in enumerate(classic_features())}
    target = np.concatenate([bins(rng, STOCKS, [0])[:, 0] for _ in range(ERAS)])
    columns |= dict.fromkeys(CLASSIC_TARGETS, target)
    pq.write_table(pa.table(columns), folder / "validation.parquet", row_group_size=rows)
    example = pd.DataFrame({"id": columns["id"], "prediction": rng.random(rows)})
    example.set_index("id").to_parquet(folder / "validation_example_preds.parquet")
    names = classic_features()
    (folder / "features.json").write_text(json.dumps({"feature_sets": {"small": names[:42]}}))
    return folder


@pytest.mark.parametrize("features", ["small", "all"])
def test_a_wide_file_lands_below_four_gigabytes(folder, tmp_path, features):
    argv = ["ingest", "classic", folder, "--features", features, "--landing", tmp_path]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, argv)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{ERAS} rounds and {ERAS} uploads added")
    peak = int(done.stdout.splitlines()[-1])
    print(f"{features}: {peak / 2**20:.1f} GB")
    assert peak < LARGEST_KILOBYTES
    assert len(list((tmp_path / "factors").iterdir())) == ERAS
