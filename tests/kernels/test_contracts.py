"""Verdicts of Great Expectations against a slow plain reference, and what has to fail closed."""

import logging
import math
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kardashev.contracts import judge as judging
from kardashev.contracts.judge import judge
from kardashev.contracts.profiles import long_profiles, with_examples
from kardashev.contracts.suites import (
    NO_VERDICT,
    Rule,
    crash,
    ephemeral_source,
    great_expectations,
    validated,
)

KEYS = ["round_number", "model_key"]
MODEL_KEY = (("model_key", pa.int32()),)
ROUND_0, ROUND_1 = 1357, 1358


def profiles_of(rows, types=MODEL_KEY):
    """Rows (round_number, other keys..., contract, metric, value)."""
    fields = [("round_number", pa.int32()), *types, ("contract", pa.string())]
    schema = pa.schema([*fields, ("metric", pa.string()), ("value", pa.float64())])
    return pa.Table.from_pylist(
        [dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema
    )


def expectations_of(rows):
    """Rows (round_number, contract, expectation, metric, at_least, at_most)."""
    schema = pa.schema(
        [("round_number", pa.int32())]
        + [(name, pa.string()) for name in ("contract", "expectation", "metric")]
        + [(name, pa.float64()) for name in ("at_least", "at_most")]
    )
    return pa.Table.from_pylist(
        [dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema
    )


def verdicts_on(values, *bounds):
    """Verdicts on one metric of one round, a model for each value."""
    profiles = [(ROUND_0, place, "files", "stocks", value) for place, value in enumerate(values)]
    expectations = [(ROUND_0, "files", "enough stocks", "stocks", *bounds)]
    return judge(profiles_of(profiles), expectations_of(expectations), KEYS)


def reference(profiles, expectations, keys):
    """(keys..., contract, expectation) to (success, observed), one dictionary look-up after another."""
    values = {}
    for row in profiles.to_pylist():
        subject = (*(row[key] for key in keys), row["contract"])
        values.setdefault(subject, {})[row["metric"]] = row["value"]
    found = {}
    for subject in sorted(values):
        for rule in sorted(expectations.to_pylist(), key=lambda r: r["expectation"]):
            if (rule["round_number"], rule["contract"]) != (subject[0], subject[-1]):
                continue
            value = values[subject].get(rule["metric"])
            known = value is not None and not math.isnan(value)
            enough = known and (rule["at_least"] is None or value >= rule["at_least"])
            success = enough and (rule["at_most"] is None or value <= rule["at_most"])
            found[(*subject, rule["expectation"])] = (success, value if known else None)
    return found


@pytest.mark.parametrize(
    ("bounds", "expected", "successes"),
    [
        ((100, None), "at least 100", [False, True, True, True]),
        ((None, 100), "at most 100", [True, True, False, False]),
        ((100, 5000), "100 to 5000", [False, True, True, False]),
        ((100, 100), "100", [False, True, False, False]),
        ((1e-8, None), "at least 1e-08", [True, True, True, True]),
    ],
)
def test_bounds_are_inclusive(bounds, expected, successes):
    verdicts = verdicts_on([np.nextafter(100, 0), 100.0, 5000.0, np.nextafter(5000, 9e9)], *bounds)
    assert verdicts["success"].to_pylist() == successes
    assert set(verdicts["expected"].to_pylist()) == {expected}
    assert verdicts["problem"].null_count == 4


def test_zero_and_infinity_are_values_like_others():
    verdicts = verdicts_on([0.0, -0.0, math.inf, -math.inf], 0, None)
    assert verdicts["success"].to_pylist() == [True, True, True, False]
    assert verdicts["observed"].to_pylist() == [0, 0, math.inf, -math.inf]


@pytest.mark.parametrize("absent", [None, math.nan])
def test_a_metric_that_could_not_be_computed_fails(absent):
    verdicts = verdicts_on([absent, 7.0], 0, 10)
    assert verdicts["success"].to_pylist() == [False, True]
    assert verdicts["observed"].to_pylist() == [None, 7]
    assert verdicts_on([absent, absent], None, 10)["success"].to_pylist() == [False, False]


def test_a_missing_metric_fails_whether_or_not_another_subject_has_it():
    profiles = profiles_of(
        [(ROUND_0, 1, "files", "stocks", 200), (ROUND_0, 2, "files", "columns", 2)]
    )
    expectations = expectations_of(
        [
            (ROUND_0, "files", "enough stocks", "stocks", 100, None),
            (ROUND_0, "files", "no typing errors", "stoks", None, 0),
        ]
    )
    verdicts = judge(profiles, expectations, KEYS)
    assert verdicts["success"].to_pylist() == [True, False, False, False]
    assert verdicts["observed"].to_pylist() == [200, None, None, None]
    alone = judge(profiles.slice(1), expectations, KEYS)
    assert alone.equals(verdicts.slice(2).combine_chunks())


@pytest.mark.parametrize(
    ("bounds", "problem"),
    [((2, 1), "min_value cannot be greater than max_value"), ((None, None), "cannot both be None")],
)
def test_a_crashed_expectation_fails_for_all_and_says_why_in_one_line(bounds, problem):
    profiles = [(ROUND_0, key, "files", "stocks", 1.5) for key in range(3)]
    expectations = [
        (ROUND_0, "files", "impossible", "stocks", *bounds),
        (ROUND_0, "files", "possible", "stocks", 1, 2),
    ]
    verdicts = judge(profiles_of(profiles), expectations_of(expectations), KEYS).to_pylist()
    assert [row["success"] for row in verdicts] == [False, True] * 3
    assert all(problem in row["problem"] for row in verdicts[::2])
    assert not any("\n" in row["problem"] for row in verdicts[::2])
    assert {row["problem"] for row in verdicts[1::2]} == {None}
    assert {row["observed"] for row in verdicts} == {1.5}


def test_a_crashed_metric_fails_every_expectation_that_reads_it():
    frame = pd.DataFrame({"text": ["a", "b"], "number": [1.0, 3.0]}, index=[4, 9])
    rules = [
        Rule("a number", "text", 0.0, None),
        Rule("known", "absent", None, 1.0),
        Rule("known too", "absent", 0.0, None),
        Rule("small", "number", None, 1.0),
    ]
    with great_expectations() as gx:
        satisfied, problems = validated(ephemeral_source(gx), "files 0", frame, rules)
    assert satisfied.tolist() == [[False, False, False, True], [False, False, False, False]]
    assert "same type" in problems[0]
    assert "absent" in problems[1]
    assert "absent" in problems[2]
    assert problems[3] is None
    assert not any("\n" in problem for problem in problems[:3])


def test_a_crash_is_found_flat_and_nested():
    calm = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    assert crash(calm) is None
    assert crash({"metric a": calm}) is None
    assert crash(None) is None
    assert crash(calm | {"raised_exception": True}) == "no message"
    assert crash(calm | {"raised_exception": True, "exception_message": "a\n  b"}) == "a b"
    assert crash({"m": {"exception_message": "z"}, "n": {"exception_message": "y\n"}}) == "y; z"


def test_an_expectation_that_gets_no_verdict_fails(monkeypatch):
    with great_expectations() as gx:
        suite = gx.ExpectationSuite
    add = suite.add_expectation

    def forgetful(self, expectation):
        return None if expectation.column == "stocks" else add(self, expectation)

    monkeypatch.setattr(suite, "add_expectation", forgetful)
    verdicts = verdicts_on([200.0, 300.0], 100, None)
    assert verdicts["success"].to_pylist() == [False, False]
    assert verdicts["problem"].to_pylist() == [NO_VERDICT] * 2


@pytest.mark.parametrize(("success", "failing"), [(False, []), (True, [0]), (True, None)])
def test_a_result_that_contradicts_itself_is_no_verdict(success, failing):
    source = MagicMock()
    batch = source.add_dataframe_asset().add_batch_definition_whole_dataframe().get_batch()
    result = MagicMock(success=success, exception_info={"raised_exception": False})
    result.result = {"unexpected_index_list": failing}
    result.expectation_config.meta = {"expectations": ["some"]}
    batch.validate().results = [result, result]
    frame = pd.DataFrame({"stocks": [1.0, 2.0]})
    with great_expectations() as gx:
        ephemeral_source(gx)  # suites need a context, whichever test comes first
        found = validated(source, "files 0", frame, [Rule("some", "stocks", 1.0, None)])
    assert (found[0].tolist(), found[1]) == ([[False], [False]], [NO_VERDICT])


def test_rules_that_are_alike_but_for_their_name_each_get_a_verdict():
    expectations = [
        (ROUND_0, "files", name, "stocks", low, None)
        for name, low in (("a", 100), ("b", 100), ("c", 100 + 1e-9))
    ]
    profiles = profiles_of([(ROUND_0, 1, "files", "stocks", 100)])
    verdicts = judge(profiles, expectations_of(expectations), KEYS)
    assert verdicts["expectation"].to_pylist() == ["a", "b", "c"]
    assert verdicts["success"].to_pylist() == [True, True, False]
    assert verdicts["problem"].null_count == 3


def test_each_round_is_judged_by_its_own_thresholds_and_contract():
    profiles = profiles_of(
        [
            (number, 1, contract, "stocks", 150)
            for number in (ROUND_0, ROUND_1, 9)
            for contract in ("files", "rounds")
        ]
    )
    expectations = expectations_of(
        [
            (ROUND_0, "files", "enough stocks", "stocks", 100, None),
            (ROUND_1, "files", "enough stocks", "stocks", 200, None),
            (ROUND_1, "rounds", "few stocks", "stocks", None, 150),
            (ROUND_1, "targets", "of nobody", "stocks", None, 0),
        ]
    )
    found = judge(profiles, expectations, KEYS).to_pylist()
    assert [
        (row["round_number"], row["contract"], row["success"], row["expected"]) for row in found
    ] == [
        (ROUND_0, "files", True, "at least 100"),
        (ROUND_1, "files", False, "at least 200"),
        (ROUND_1, "rounds", True, "at most 150"),
    ]


def test_rounds_under_the_same_rules_are_judged_in_one_validation(monkeypatch):
    sizes = []

    def counted(source, name, frame, rules):
        sizes.append(frame.shape)
        return validated(source, name, frame, rules)

    monkeypatch.setattr(judging, "validated", counted)
    profiles = [
        (number, 1, contract, "stocks", number)
        for number in range(100)
        for contract in ("files", "rounds")
    ]
    expectations = [
        (number, contract, name, "stocks", 50, None)
        for number in range(100)
        for contract in ("files", "rounds")
        for name in ("a", "b")
    ]
    verdicts = judge(profiles_of(profiles), expectations_of(expectations), KEYS)
    assert sizes == [(100, 1), (100, 1)]
    assert verdicts["expectation"].to_pylist() == ["a", "b"] * 200
    assert verdicts["success"].to_pylist() == [
        number >= 50 for number in range(100) for _ in "abcd"
    ]


values_or_nothing = st.one_of(
    st.none(), st.sampled_from([math.nan, math.inf, -1.0, 0.0, 0.5, 1.0]), st.floats(-2, 2)
)
bounds = st.one_of(
    st.tuples(st.floats(-1, 1), st.none()),
    st.tuples(st.none(), st.floats(-1, 1)),
    st.tuples(st.sampled_from([-1.0, 0.0]), st.sampled_from([0.0, 0.5, 1.0])),
)
profile_rows = st.dictionaries(
    st.tuples(
        st.sampled_from([ROUND_0, ROUND_1, 2]),
        st.integers(0, 4),
        st.sampled_from(["files", "rounds"]),
        st.sampled_from(["x", "y", "unread"]),
    ),
    values_or_nothing,
    min_size=1,
    max_size=40,
)
rule_rows = st.dictionaries(
    st.tuples(
        st.sampled_from([ROUND_0, ROUND_1]),
        st.sampled_from(["files", "rounds", "nobody's"]),
        st.sampled_from(["b", "a", "É", "c"]),
    ),
    st.tuples(st.sampled_from(["x", "y", "unknown"]), bounds),
    max_size=12,
)


@settings(
    max_examples=15,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(profile_rows, rule_rows, st.randoms(use_true_random=False))
def test_verdicts_are_the_references_in_order_whatever_the_order_of_the_rows(rows, rules, random):
    profiles = [(*key, value) for key, value in rows.items()]
    expectations = [(*key, metric, *bounds) for key, (metric, bounds) in rules.items()]
    expected = reference(profiles_of(profiles), expectations_of(expectations), KEYS)
    found = judge(profiles_of(profiles), expectations_of(expectations), KEYS)
    names = [*KEYS, "contract", "expectation"]
    got = [
        (tuple(row[name] for name in names), (row["success"], row["observed"]))
        for row in found.to_pylist()
    ]
    assert got == list(expected.items())
    assert found["problem"].null_count == len(found)
    random.shuffle(profiles)
    random.shuffle(expectations)
    assert found.equals(judge(profiles_of(profiles), expectations_of(expectations), KEYS))


def test_keys_keep_their_types_and_their_columns_order_the_verdicts():
    types = (("submitted_at", pa.timestamp("us")), ("subject", pa.string()))
    early, late = datetime(2024, 1, 2, 3, 4, 5, 678901), datetime(2024, 1, 2, 3, 4, 6)
    profiles = profiles_of(
        [
            (ROUND_0, late, "a", "files", "stocks", 1),
            (ROUND_0, early, "b", "files", "stocks", 2),
            (ROUND_0, early, "a", "files", "stocks", 3),
        ],
        types,
    )
    expectations = expectations_of([(ROUND_0, "files", "some", "stocks", 2, None)])
    keys = ["round_number", "submitted_at", "subject"]
    verdicts = judge(profiles, expectations, keys)
    assert verdicts.schema.types[:3] == [pa.int32(), pa.timestamp("us"), pa.string()]
    assert verdicts["subject"].to_pylist() == ["a", "b", "a"]
    assert verdicts["submitted_at"].to_pylist() == [early, early, late]
    assert verdicts["success"].to_pylist() == [True, True, False]


def test_nothing_to_judge_gives_no_row_in_the_schema_of_verdicts():
    profiles = profiles_of([(ROUND_0, 1, "files", "stocks", 1)])
    rule = (ROUND_0, "files", "some", "stocks", 1, None)
    expectations = expectations_of([rule, (ROUND_1, *rule[1:])])
    schema = judge(profiles, expectations, KEYS).schema
    assert judge(profiles.slice(1), expectations, KEYS).equals(schema.empty_table())
    assert judge(profiles, expectations.slice(2), KEYS).equals(schema.empty_table())
    assert judge(profiles, expectations.slice(1), KEYS).equals(schema.empty_table())


def test_great_expectations_is_not_imported_where_nothing_is_to_judge():
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_contracts import KEYS, expectations_of, judge, profiles_of
expectations = expectations_of([(1, "files", "some", "stocks", 1, None)])
judge(profiles_of([]), expectations, KEYS)
judge(profiles_of([(2, 1, "files", "stocks", 1)]), expectations, KEYS)
sys.exit("great_expectations" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_nothing_is_printed_logged_or_written_and_warnings_are_shown_as_before(tmp_path):
    code = f"""
import logging, sys, warnings
logging.basicConfig(level=logging.DEBUG)
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_contracts import verdicts_on
before = warnings.showwarning
verdicts_on([1.0, None], 2, 1)
verdicts_on([1.0, None], 1, 2)
sys.exit(warnings.showwarning is not before)
"""
    homes = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "TEMP", "XDG_CONFIG_HOME")}
    run = subprocess.run(
        [sys.executable, "-W", "default", "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | homes | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_no_temporary_folder_is_made(monkeypatch):
    made = []
    monkeypatch.setattr("tempfile.mkdtemp", lambda *_, **__: made.append(1) or "/nowhere")
    verdicts_on([1.0], 0, None)
    assert made == []


def test_logging_is_given_back_as_it_was():
    logger = logging.getLogger("great_expectations")
    before = (logger.level, logger.propagate, list(logger.handlers))
    verdicts_on([1.0], 0, None)
    assert (logger.level, logger.propagate, logger.handlers) == before


def test_input_whose_grain_is_broken_is_refused():
    row = (ROUND_0, 1, "files", "stocks", 1)
    rule = (ROUND_0, "files", "some", "stocks", 1, None)
    profiles, expectations = profiles_of([row]), expectations_of([rule])
    with pytest.raises(ValueError, match="two values for one metric"):
        judge(profiles_of([row, row]), expectations, KEYS)
    with pytest.raises(ValueError, match="has some twice"):
        judge(profiles, expectations_of([rule, rule]), KEYS)
    with pytest.raises(ValueError, match="null model_key"):
        judge(profiles_of([(ROUND_0, None, *row[2:])]), expectations, KEYS)
    with pytest.raises(ValueError, match="null metric"):
        judge(profiles, expectations_of([(*rule[:3], None, *rule[4:])]), KEYS)
    with pytest.raises(ValueError, match="begin with round_number"):
        judge(profiles, expectations, KEYS[::-1])


def test_a_failed_verdict_shows_the_row_that_its_profile_names():
    one = pa.table(
        {
            "round_number": pa.array([ROUND_0, ROUND_1], pa.int32()),
            "negative": [1, 0],
            "negative_example": ["alice in stakes/1357.csv", None],
            "largest": [5.0, 7.0],
            "largest_example": ["bob", "carol"],
        }
    )
    several = pa.table(
        {"round_number": pa.array([ROUND_0], pa.int32()), "contract": ["factors"], "missing": [2]}
    )
    profiles, keys = [("stakes", one), (None, several)], ["round_number", "subject"]
    expectations = [
        (number, contract, f"no {metric}", metric, None, bound)
        for number in (ROUND_0, ROUND_1)
        for contract, metric, bound in (
            *(("stakes", "negative", 0), ("stakes", "largest", 6)),
            ("factors", "missing", 0),
        )
    ]
    long = long_profiles(profiles, keys)
    assert set(long["metric"].to_pylist()) == {"negative", "largest", "missing"}
    verdicts = with_examples(judge(long, expectations_of(expectations), keys), profiles, keys)
    found = {
        (row["round_number"], row["subject"], row["metric"]): (row["success"], row["example"])
        for row in verdicts.to_pylist()
    }
    assert found == {
        (ROUND_0, "stakes", "negative"): (False, "alice in stakes/1357.csv"),
        (ROUND_0, "stakes", "largest"): (True, None),
        (ROUND_0, "factors", "missing"): (False, None),
        (ROUND_1, "stakes", "negative"): (True, None),
        (ROUND_1, "stakes", "largest"): (False, "carol"),
    }
