"""The door lands a file as it is, or refuses it in one line and leaves no trace."""

import io
import struct
import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kardashev.errors import LandingError, RefusedFileError
from kardashev.landing.door import Door, form, formats
from kardashev.landing.door import door as doors

OPEN = datetime(2024, 1, 6, 12, tzinfo=UTC)
CLOSE = datetime(2024, 1, 8, 14, tzinfo=UTC)
IN_TIME = datetime(2024, 1, 7, tzinfo=UTC)
GOOD = b"ticker,signal\nAAPL,0.25\nMSFT,0.75\n"
COLUMNS = ["round_number", "model_id", "submitted_at", "id_type", "id", "signal"]


def landing_with_rounds(folder):
    rounds = folder / "landing" / "rounds"
    rounds.mkdir(parents=True)
    header = "tournament,round_number,kind,era_date,open_at,close_at\n"
    # A row in each way of writing a time; none has a zone of its own but UTC.
    (rounds / "a.csv").write_text(
        header
        + "house,811,live,2023-12-29,2023-12-30 12:00:00,2024-01-01 14:00:00\n"
        + "house,812,live,2024-01-05,2024-01-06T12:00:00Z,2024-01-08 14:00:00+00\n"
        + "house,814,validation,2024-01-05,2024-01-06,2024-01-08\n"
        + "house,815,validation,2024-03-28,2024-01-06,2024-01-08\n"  # a Thursday, Friday was a holiday
    )
    row = {
        "tournament": ["house"],
        "round_number": pa.array([813], pa.int32()),
        "kind": ["live"],
        "era_date": [date(2024, 1, 12)],
        "open_at": [OPEN + timedelta(days=7)],
        "close_at": [CLOSE + timedelta(days=7)],
    }
    pq.write_table(pa.table(row), rounds / "b.parquet")
    return folder / "landing"


@pytest.fixture
def door(tmp_path):
    return Door(landing_with_rounds(tmp_path))


def parquet(use_dictionary=True, **columns):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream, use_dictionary=use_dictionary)
    return stream.getvalue()


def land(door, content, name="mine.csv", round_number=812, model_id="alice", received_at=IN_TIME):
    file = door.landing.parent / name
    file.write_bytes(content)
    return door.land(file, round_number, model_id, received_at)


def landed(receipt):
    return pq.ParquetFile(receipt.path).read()


def everything_below(landing):
    return sorted(
        path for path in landing.rglob("*") if not path.is_relative_to(landing / "rounds")
    )


def assert_refused(door, cause, act):
    with pytest.raises(RefusedFileError) as refusal:
        act()
    message = str(refusal.value)
    assert cause in message
    assert message.isprintable()
    assert ";" in message  # what is wrong; what to do
    assert everything_below(door.landing) == []


def text_of_bytes(*values):
    """A text array that does not check its bytes."""
    offsets = struct.pack(
        f"<{len(values) + 1}i", *(sum(map(len, values[:i])) for i in range(len(values) + 1))
    )
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


REFUSED_CSV = {
    "empty": (b"", "it is empty"),
    "blank": (b"\n \n", "it is empty"),
    "header_only": (b"ticker,signal\n", "no rows"),
    "header_only_unended": (b"ticker,signal", "no rows"),
    "header_not_first": (b"\nticker,signal\nA,1\n", "line 1 is empty"),
    "no_id": (b"signal\n1\n", "no id column"),
    "two_ids": (b"ticker,sedol,signal\nA,B,1\n", "several id columns, ticker, sedol"),
    "no_signal": (b"ticker,date\nA,20240105\n", "no signal column"),
    "two_signals": (
        b"ticker,signal,prediction\nA,1,1\n",
        "several signal columns, signal, prediction",
    ),
    "two_dates": (
        b"ticker,signal,date,friday_date\nA,1,20240105,20240105\n",
        "several date columns",
    ),
    "id_with_signal": (b"id,signal\nA,1\n", "'signal' does not go with 'id'"),
    "ticker_with_probability": (
        b"ticker,probability\nA,1\n",
        "'probability' does not go with 'ticker'",
    ),
    "unknown_column": (b"ticker,signal,colour\nA,1,red\n", "column 'colour' is not known"),
    "other_case": (b"Ticker,signal\nA,1\n", "column 'Ticker' is not known"),
    "other_separator": (b"ticker;signal\nA;1\n", "'ticker;signal' is not known"),
    "duplicate_column": (b"ticker,signal,signal\nA,1,1\n", "'signal' appears twice"),
    "duplicate_once_trimmed": (b"ticker,signal, signal\nA,1,1\n", "'signal' appears twice"),
    "unnamed_index": (b",ticker,signal\n0,A,1\n", "column 1 has no name"),
    "control_in_header": (b"ticker,sig\x1bnal\nA,1\n", r"'sig\x1bnal' is not known"),
    "enormous_header": (b"x" * 200_000 + b",signal\nA,1\n", "line 1 is no CSV header"),
    "text_signal": (b"ticker,signal\nA,1\n\nB,high\n", "row 2: signal 'high' is not a number"),
    "NA_signal": (b"ticker,signal\nA,NA\n", "row 1: signal 'NA' is not a number"),
    "formula": (b"ticker,signal\nA,=1+1\n", "row 1: signal '=1+1' is not a number"),
    "decimal_comma": (b'ticker,signal\nA,"0,5"\n', "row 1: signal '0,5' is not a number"),
    "long_text_signal": (
        b"ticker,signal\nA," + b"x" * 99 + b"\n",
        f"'{'x' * 40}…' is not a number",
    ),
    "more_cells": (b"ticker,signal\nA,1\n\nB,1,2\n", "line 4 has 3 cells, the header 2"),
    "fewer_cells": (b"ticker,signal\nA,1\nB\n", "line 3 has 1 cells, the header 2"),
    "open_quote": (b'ticker,signal\n"A,1\nB,2\n', "quote is opened and never closed"),
    "quote_swallows_rows": (
        b'ticker,signal,data_type\nA,1,"live\nB,2,live"\nC,3,live\n',
        r"row 1: data_type 'live\nB,2,live' holds a control character",
    ),
    "open_quote_in_header": (b'ticker,"signal\nA",1\n', "line 1 is no CSV header"),
    "control_in_id": (b"ticker,signal\nA,1\nB\x07,1\n", r"row 2: ticker 'B\x07' holds a control"),
    "enormous_id": (b"ticker,signal\n" + b"A" * 3_000_000 + b",1\n", "more than 256 characters"),
    "nul_bytes": (b"ticker,signal\nA\0,1\n", "NUL bytes"),
    "utf_16": ("ticker,signal\nA,1\n".encode("utf-16"), "NUL bytes"),
    "invalid_utf_8": (b"ticker,signal\nA,1\n\xff\xfe,1\n", "line 3 is not UTF-8"),
    "invalid_utf_8_uneven": (b"ticker,signal\nA,1\n\xff,1,2\n", "line 3 is not UTF-8"),
    "invalid_utf_8_header": (b"ticker,sign\xff\nA,1\n", "line 1 is not UTF-8"),
    "binary_junk": (b"\x89PNG\r\n\x1a\n\xde\xad\xbe\xef", "line 1 is not UTF-8"),
    "no_date": (b"ticker,signal,date\nA,1,20240105\nB,1,\n", "row 2: date '' is not a date"),
    "text_date": (b"ticker,signal,friday_date\nA,1,friday\n", "row 1: friday_date 'friday' is not"),
    "impossible_date": (b"ticker,signal,date\nA,1,20240230\n", "'20240230' is not a date"),
    "several_dates": (
        b"ticker,signal,date\nA,1,20240105\nB,1,2024-01-12\n",
        "row 2: date '2024-01-12' is not of this round, whose era is 2024-01-05; send",
    ),
}

REFUSED_PARQUET = {
    "magic_only": (b"PAR1", "may be cut short"),
    "truncated": (parquet(ticker=["A"], signal=[1.0])[:-20], "may be cut short"),
    "no_rows": (
        parquet(ticker=pa.array([], pa.string()), signal=pa.array([], pa.float64())),
        "no rows",
    ),
    "nested_signal": (parquet(ticker=["A"], signal=[[1.0]]), "'signal' is of type 'list<"),
    "nested_id": (parquet(ticker=[{"a": "A"}], signal=[1.0]), "'ticker' is of type 'struct<"),
    "text_signal": (parquet(ticker=["A"], signal=["1"]), "'signal' is of type 'string'"),
    "boolean_signal": (parquet(ticker=["A"], signal=[True]), "'signal' is of type 'bool'"),
    "integer_id": (parquet(cusip=[123], signal=[1.0]), "'cusip' is of type 'int64'"),
    "boolean_date": (parquet(ticker=["A"], signal=[1.0], date=[True]), "'date' is of type 'bool'"),
    "unknown_column": (
        parquet(ticker=["A"], signal=[1.0], __index_level_0__=[0]),
        "'__index_level_0__' is not known",
    ),
    "invalid_utf_8": (parquet(ticker=text_of_bytes(b"\xff"), signal=[1.0]), "rows cannot be read"),
    "enormous_id": (parquet(ticker=["A" * 300] * 2, signal=[1.0, 2.0]), "more than 256 characters"),
    "control_in_id": (
        parquet(ticker=["A", "B\n"], signal=[1.0, 2.0]),
        r"row 2: ticker 'B\n' holds",
    ),
    "several_dates": (
        parquet(ticker=["A", "B"], signal=[1.0, 2.0], date=[date(2024, 1, 5), date(2024, 1, 12)]),
        "row 2: date '2024-01-12' is not of this round, whose era is 2024-01-05; send",
    ),
}


@pytest.mark.parametrize(("content", "cause"), REFUSED_CSV.values(), ids=REFUSED_CSV)
def test_csv_of_bad_form_is_refused(door, content, cause):
    assert_refused(door, cause, lambda: land(door, content))


@pytest.mark.parametrize(("content", "cause"), REFUSED_PARQUET.values(), ids=REFUSED_PARQUET)
def test_parquet_of_bad_form_is_refused(door, content, cause):
    assert_refused(door, cause, lambda: land(door, content))


@pytest.mark.parametrize(
    "model_id",
    ["", "../x", "/etc/x", "a/b", ".hidden", "a b", "alice\n", "a" * 65, "é", "a\0", "..", "C:\\x"],
)
def test_model_id_that_is_no_plain_name_is_refused(door, model_id):
    assert_refused(door, "is no model's id", lambda: land(door, GOOD, model_id=model_id))


def test_unknown_round_is_refused_with_the_known_ones(door):
    cause = "round 900 is unknown; rounds 811 to 815 are landed"
    assert_refused(door, cause, lambda: land(door, GOOD, round_number=900))


def test_file_received_before_the_round_opens_is_refused(door):
    early = OPEN - timedelta(microseconds=1)
    assert_refused(door, "before round 812 opens", lambda: land(door, GOOD, received_at=early))
    assert not land(door, GOOD, received_at=OPEN).is_late


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("", "not a regular file"),
        ("nowhere.csv", "no such file"),
        ("no\nwhere\x1b.csv", r"no\nwhere\x1b.csv: there is no such file"),
        ("n" * 300, "cannot be read (File name too long)"),
    ],
    ids=["directory", "missing", "control characters", "too long"],
)
def test_path_without_a_file_is_refused(door, name, cause):
    path = door.landing.parent / name
    assert_refused(door, cause, lambda: door.land(path, 812, "alice", IN_TIME))


def test_file_without_permission_is_refused(door, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    file = door.landing.parent / "mine.csv"
    file.touch()
    assert_refused(
        door, "cannot be read (Permission denied)", lambda: door.land(file, 812, "alice", IN_TIME)
    )


@pytest.mark.parametrize(
    ("limit", "at_most", "content", "cause"),
    [
        ("bytes", len(GOOD) - 1, GOOD, "bytes; send one round"),
        ("rows", 1, GOOD + b"C,1\n", "more than 1 lines"),
        ("rows", 1, parquet(ticker=["A", "B"], signal=[1.0, 2.0]), "more than 1 rows"),
    ],
)
def test_gigantic_file_is_refused(door, monkeypatch, limit, at_most, content, cause):
    monkeypatch.setattr(doors, "OF_A_ROUND", doors.OF_A_ROUND._replace(**{limit: at_most}))
    assert_refused(door, cause, lambda: land(door, content))


def test_small_parquet_that_unpacks_to_a_gigantic_one_is_refused(door, monkeypatch):
    content = parquet(use_dictionary=False, ticker=["A" * 200] * 10_000, signal=[0.5] * 10_000)
    monkeypatch.setattr(doors, "OF_A_ROUND", doors.OF_A_ROUND._replace(bytes=len(content)))
    assert_refused(door, "unpacks to more than", lambda: land(door, content))


@pytest.mark.parametrize("id_type", form.SIGNALS_OF_ID)
def test_every_id_goes_with_its_signals_in_any_order(door, id_type):
    for signal in form.SIGNALS_OF_ID[id_type]:
        content = f"data_type,{signal},{id_type}\nlive,0.5,A\n".encode()
        receipt = land(door, content, model_id=signal)
        assert (receipt.id_type, receipt.rows, receipt.is_late) == (id_type, 1, False)
        assert landed(receipt)["id"].to_pylist() == ["A"]


def test_landed_rows_have_the_landed_tables_columns(door):
    receipt = land(door, GOOD)
    table = landed(receipt)
    assert table.column_names == COLUMNS
    assert table.to_pylist()[1] == dict(
        zip(COLUMNS, [812, "alice", IN_TIME, "ticker", "MSFT", 0.75], strict=True)
    )
    assert receipt.path.relative_to(door.landing) == Path(
        "submissions/000812/alice/20240107T000000000000Z.parquet"
    )


@pytest.mark.parametrize("as_parquet", [False, True])
def test_ids_stay_text_as_written_and_only_an_empty_one_is_missing(door, as_parquet):
    ids = ["00123", "TRUE", "NA", "NAN", "nan", "null", "None", "1e5", " A", "7203 JT", "", "é"]
    if as_parquet:
        content = parquet(ticker=ids, signal=[0.5] * len(ids))
    else:
        content = ("ticker,signal\n" + "".join(f"{name},0.5\n" for name in ids)).encode()
    expected = [name or None for name in ids]
    assert landed(land(door, content))["id"].to_pylist() == expected


@pytest.mark.parametrize(
    "ids",
    [
        pa.array(["A", None]),
        pa.array(["A", None], pa.large_string()),
        pa.array(["A", None], pa.string_view()),
        pa.array(["A", None]).dictionary_encode(),
    ],
    ids=lambda ids: str(ids.type),
)
def test_every_text_type_of_parquet_is_read_whatever_the_files_name(door, ids):
    receipt = land(door, parquet(ticker=ids, signal=[1.0, 2.0]), name="mine.csv")
    assert landed(receipt)["id"].to_pylist() == ["A", None]


@pytest.mark.parametrize(
    "signals",
    [pa.array([1, 0], kind) for kind in (pa.int8(), pa.uint64(), pa.float16(), pa.float32())]
    + [pa.array([1, 0]).cast(pa.decimal128(25, 2))],
    ids=lambda signals: str(signals.type),
)
def test_every_numeric_type_of_parquet_becomes_double(door, signals):
    receipt = land(door, parquet(ticker=["A", "B"], signal=signals))
    assert landed(receipt)["signal"].to_pylist() == [1.0, 0.0]


def test_missing_and_infinite_values_are_landed_as_they_are(door):
    cells = ["", "nan", "NaN", "inf", "-inf", " 0.5 ", "1e-3"]
    content = ("ticker,signal\n" + "".join(f"A,{cell}\n" for cell in cells)).encode()
    values = landed(land(door, content))["signal"].to_pylist()
    expected = [None, float("nan"), float("nan"), float("inf"), -float("inf"), 0.5, 0.001]
    assert repr(values) == repr(expected)


def test_byte_order_mark_blanks_in_the_header_and_any_line_break_are_read(door):
    for number, line_break in enumerate(["\n", "\r\n", "\r"]):
        lines = ["\ufeff ticker , signal", "A,1", "B,2"]
        receipt = land(door, line_break.join(lines).encode(), model_id=f"model-{number}")
        assert landed(receipt)["signal"].to_pylist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "days",
    [
        pa.array(["20240105", "2024-01-05"]),
        pa.array([date(2024, 1, 5)] * 2),
        pa.array([datetime(2024, 1, 5, 16)] * 2),
        pa.array([20240105] * 2),
    ],
    ids=lambda days: str(days.type),
)
def test_one_date_however_written_is_read_and_left_out(door, days):
    receipt = land(door, parquet(ticker=["A", "B"], signal=[1.0, 2.0], friday_date=days))
    assert landed(receipt).column_names == COLUMNS


@pytest.mark.parametrize(
    ("number", "days"),
    [
        (814, ["2024-01-05", "2024-01-06", "2024-01-11"]),  # Friday to Thursday
        (815, ["2024-03-28", "2024-03-29", "2024-04-04"]),  # Thursday's era, Good Friday
    ],
)
def test_a_date_of_a_validation_round_counts_for_the_latest_friday(door, number, days):
    content = parquet(ticker=list("ABC"), signal=[0.1, 0.2, 0.3], date=days)
    assert landed(land(door, content, round_number=number)).column_names == COLUMNS


@pytest.mark.parametrize(
    ("number", "days", "row", "era"),
    [
        (812, ["2023-12-29", "2023-12-29"], 1, "2024-01-05"),  # another round's file
        (812, ["2024-01-05", "2024-01-06"], 2, "2024-01-05"),  # live: the day itself
        (814, ["2024-01-05", "2024-01-04"], 2, "2024-01-05"),
        (814, ["2024-01-05", "2024-01-12"], 2, "2024-01-05"),  # several eras
        (815, ["2024-03-28", "2024-03-27"], 2, "2024-03-28"),
    ],
)
def test_a_date_that_is_not_of_the_round_is_refused_by_its_row(door, number, days, row, era):
    content = parquet(ticker=["A", "B"], signal=[0.1, 0.2], friday_date=days)
    cause = f"mine.csv: row {row}: friday_date '{days[row - 1]}' is not of this round, whose era is {era};"
    with pytest.raises(RefusedFileError, match=cause) as refused:
        land(door, content, round_number=number)
    assert "\n" not in str(refused.value)
    assert everything_below(door.landing) == []


def test_file_received_after_the_close_is_landed_and_late(door):
    assert not land(door, GOOD, received_at=CLOSE).is_late
    late = land(door, GOOD, received_at=CLOSE + timedelta(microseconds=1))
    assert late.is_late
    assert late.path.exists()
    of_validation = land(door, GOOD, round_number=814, received_at=CLOSE + timedelta(days=3650))
    assert not of_validation.is_late


def test_time_without_a_zone_is_utc_and_other_zones_are_converted(door):
    naive = land(door, GOOD, received_at=IN_TIME.replace(tzinfo=None))
    tokyo = land(door, GOOD, received_at=IN_TIME.astimezone(timezone(timedelta(hours=9))))
    assert naive.path == tokyo.path == land(door, GOOD).path


def test_time_of_receipt_is_now_when_not_given(door):
    receipt = land(door, GOOD, received_at=None)
    assert abs(landed(receipt)["submitted_at"][0].as_py() - datetime.now(UTC)) < timedelta(
        minutes=1
    )


def test_same_file_again_changes_nothing_and_another_one_is_refused(door):
    content = b"ticker,signal\nA,nan\n,\n"
    first = land(door, content)
    before = (first.path.read_bytes(), first.path.stat().st_mtime_ns)
    assert land(door, content.replace(b"\n", b"\r\n")) == first
    for other in (
        b"ticker,signal\nA,0\n,\n",
        b"sedol,signal\nA,nan\n,\n",
        b"ticker,signal\nA,\n,\n",
    ):
        with pytest.raises(RefusedFileError, match="same time of receipt"):
            land(door, other)
    assert (first.path.read_bytes(), first.path.stat().st_mtime_ns) == before
    assert [path for path in everything_below(door.landing) if path.is_file()] == [first.path]


def test_landing_without_rounds_is_an_error(tmp_path):
    with pytest.raises(LandingError, match="holds no rounds"):
        Door(tmp_path)


def test_landing_with_unreadable_rounds_is_an_error(tmp_path):
    landing = landing_with_rounds(tmp_path)
    (landing / "rounds" / "c.parquet").write_bytes(b"junk")
    with pytest.raises(LandingError, match=r"c\.parquet"):
        Door(landing)


PLAIN_IDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(PLAIN_IDS, st.floats(allow_nan=False)), min_size=1, max_size=20))
def test_doubles_and_ids_survive_both_formats_bit_by_bit(rows):
    ids, signals = map(list, zip(*rows, strict=True))
    quoted = [name.replace('"', '""') for name in ids]
    cells = "".join(f'"{name}",{value!r}\n' for name, value in zip(quoted, signals, strict=True))
    files = [f"ticker,signal\n{cells}".encode(), parquet(ticker=ids, signal=signals)]
    for content in files:
        layout, columns = formats.read_columns(content, formats.OF_A_ROUND)
        assert columns[layout.id_type].to_pylist() == ids
        assert list(map(repr, columns[layout.signal].to_pylist())) == list(map(repr, signals))


PARQUET = parquet(ticker=["A", "B"], signal=[0.25, 0.75])
HEADERS = st.sampled_from(
    [b"", b"ticker,signal\n", b"id,probability\nA,", b"ticker,signal,date\n", b"PAR1"]
)
LIKE_CSV = st.lists(st.sampled_from(list(b'A10.,e-\n\r" \xc3\xa9\xff=')), max_size=60).map(bytes)


@st.composite
def damaged(draw, content):
    """The content with some bytes replaced, and cut somewhere."""
    damage = draw(
        st.dictionaries(st.integers(0, len(content) - 1), st.integers(0, 255), max_size=8)
    )
    replaced = bytearray(content)
    for position, byte in damage.items():
        replaced[position] = byte
    return bytes(replaced[: draw(st.integers(0, len(content)) | st.just(len(content)))])


HOSTILE = (
    st.binary(max_size=200)
    | st.tuples(HEADERS, st.binary(max_size=80) | LIKE_CSV).map(b"".join)
    | damaged(PARQUET)
    | damaged(GOOD)
)


@pytest.fixture(scope="module")
def hostile_door():
    with tempfile.TemporaryDirectory() as folder:
        yield Door(landing_with_rounds(Path(folder)))


@settings(max_examples=400)
@given(content=HOSTILE)
def test_any_bytes_are_landed_well_formed_or_refused_in_one_line(hostile_door, content):
    try:
        receipt = land(hostile_door, content)
    except RefusedFileError as refusal:
        assert str(refusal).isprintable()
        assert not [path for path in everything_below(hostile_door.landing) if path.is_file()]
        return
    table = landed(receipt)
    receipt.path.unlink()
    table.validate(full=True)
    assert table.column_names == COLUMNS
    assert table.num_rows == receipt.rows > 0
    assert str(table.schema.field("id").type) == "string"
    assert str(table.schema.field("signal").type) == "double"
