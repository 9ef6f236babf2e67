"""What `kardashev ingest` says: a result on standard output, all else on standard error."""

import pytest
from numerai_files import fridays, write_signals


@pytest.fixture
def ingest(run, tmp_path):
    write_signals(tmp_path / "v2.1", fridays(2))
    return lambda shape, folder, *argv: run(
        "ingest", shape, tmp_path / folder, *argv, "--landing", tmp_path / "landing"
    )


def test_a_result_is_one_line_and_progress_is_beside_it(ingest, tmp_path):
    (tmp_path / "v2.1" / "readme.txt").write_text("mine")
    status, out, err = ingest("signals", "v2.1")
    assert status == 0
    assert out == (
        f"2 rounds and 2 uploads added to {tmp_path / 'landing'} "
        "(0 rounds landed before, 0 completed); next: dbt build\n"
    )
    assert err.splitlines() == [
        "2 of 2 eras, 0 landed before, 0 s left",
        "passed over readme.txt: not of this shape",
    ]
    status, out, err = ingest("signals", "v2.1")
    assert out.startswith("0 rounds and 0 uploads added") and "(2 rounds landed before" in out


def test_a_wrong_file_is_one_line_and_status_2(ingest, tmp_path):
    (tmp_path / "v2.1" / "validation.parquet").write_bytes(b"PAR1 and no more")
    status, out, err = ingest("signals", "v2.1")
    assert (status, out) == (2, "")
    assert err == (
        "kardashev: validation.parquet cannot be read as Parquet, it may be cut short: get it again\n"
    )
    assert not (tmp_path / "landing").exists()
