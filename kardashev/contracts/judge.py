"""The verdict on each profiled subject, for each expectation that applies to its round.

Fails closed: what is missing, not a number or crashes has failed. Verdicts on a subject do not depend on the
other subjects judged with it, so that a small build ends in the rows of a build from nothing; only a crash
is shared by all that are judged in one validation.
"""

from collections import defaultdict

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.contracts.suites import Rule, ephemeral_source, great_expectations, validated

PLACE = "(place)"  # a subject's place among the sorted subjects; no key can have this name

VERDICT_FIELDS = [
    pa.field("contract", pa.string()),
    pa.field("expectation", pa.string()),
    pa.field("metric", pa.string()),
    pa.field("success", pa.bool_()),
    pa.field("observed", pa.float64()),
    pa.field("expected", pa.string()),
    pa.field("problem", pa.string()),
]


def judge(profiles, expectations, keys):
    """Great Expectations' verdict on every profiled subject and expectation that applies to it.

    A subject is a contract and values of the keys. Rounds under the same rules are judged in one validation.

    Parameters
    ----------
    profiles : pyarrow.Table (keys..., contract, metric, value)
        One value for each metric of a subject. Null or NaN: it could not be computed. ±inf is a value.
    expectations : pyarrow.Table (round_number, contract, expectation, metric, at_least, at_most)
        The rules of each round; bounds are inclusive, null where there is none.
    keys : sequence of str
        The columns that name a subject, round_number first. Their types are kept.

    Returns
    -------
    pyarrow.Table (keys..., contract, expectation, metric, success, observed, expected, problem)
        In the order of keys, contract, expectation. ``observed`` is null where the metric could not be
        computed, ``expected`` is the bounds in words, ``problem`` says why an expectation crashed.
        Empty, and Great Expectations is not imported, where no rule applies to any subject.

    Raises
    ------
    ValueError
        For keys that do not begin with the round, a null in a column that names something, two values for
        one metric of a subject, or two rules of one name for a contract in a round.
    """
    keys = list(keys)
    if keys[:1] != ["round_number"]:
        raise ValueError(f"keys {keys} of a profile do not begin with round_number")
    _refuse_nulls("profiles", profiles, [*keys, "contract", "metric"])
    _refuse_nulls(
        "expectations", expectations, ["round_number", "contract", "expectation", "metric"]
    )
    schema = pa.schema([*(profiles.schema.field(key) for key in keys), *VERDICT_FIELDS])
    subjects = _subjects(profiles, keys)
    groups = _groups(subjects, _rules_by_round(expectations, subjects))
    if not groups:
        return schema.empty_table()
    values = _placed(profiles, subjects, keys)
    with great_expectations() as gx:
        source = ephemeral_source(gx)
        verdicts = [
            _verdicts(source, f"{contract} {number}", values, np.array(places), rules)
            for number, ((contract, rules), places) in enumerate(groups.items())
        ]
    return _in_order(pa.concat_tables(verdicts), subjects).select(schema.names).cast(schema)


def wide_frame(values, places, metrics):
    """Long values of some subjects as a frame: a row for each subject, a column for each metric.

    Parameters
    ----------
    values : pyarrow.Table (place, metric, value)
    places : int array (subjects,), ascending: the frame's index
    metrics : list of str, the frame's columns, NaN where there is no value

    Returns
    -------
    pandas.DataFrame of float
    """
    wanted = pa.array(metrics, pa.string())
    here = values.filter(pc.is_in(values[PLACE], pa.array(places, pa.int64())))
    here = here.filter(pc.is_in(here["metric"], wanted))
    held = np.full((len(places), len(metrics)), np.nan)
    rows = np.searchsorted(places, here[PLACE].to_numpy())
    held[rows, pc.index_in(here["metric"], wanted).to_numpy()] = here["value"].to_numpy()
    return pd.DataFrame(held, index=places, columns=metrics)


def _refuse_nulls(name, table, columns):
    for column in columns:
        if table[column].null_count:
            raise ValueError(f"{name} have a null {column}")


def _subjects(profiles, keys):
    """Each subject once, in the order of the verdicts."""
    columns = [*keys, "contract"]
    found = profiles.select(columns).group_by(columns).aggregate([])
    found = found.sort_by([(column, "ascending") for column in columns])
    return found.append_column(PLACE, pa.array(np.arange(len(found)), pa.int64()))


def _rules_by_round(expectations, subjects):
    """The rules of each (round, contract) that has subjects, a tuple in the order of their names."""
    rounds = subjects["round_number"].unique().cast(expectations.schema.field("round_number").type)
    rows = expectations.filter(pc.is_in(expectations["round_number"], rounds))
    rules = defaultdict(dict)
    for row in rows.to_pylist():
        named = rules[row["round_number"], row["contract"]]
        if row["expectation"] in named:
            raise ValueError(
                f"expectations of round {row['round_number']}: contract {row['contract']} "
                f"has {row['expectation']} twice"
            )
        bounds = (None if b is None else float(b) for b in (row["at_least"], row["at_most"]))
        named[row["expectation"]] = Rule(row["expectation"], row["metric"], *bounds)
    return {key: tuple(named[name] for name in sorted(named)) for key, named in rules.items()}


def _groups(subjects, rules):
    """Places of the subjects that one validation can judge, by contract and its rules."""
    rounds, contracts = subjects["round_number"].to_pylist(), subjects["contract"].to_pylist()
    places = defaultdict(list)
    for place, key in enumerate(zip(rounds, contracts, strict=True)):
        places[key].append(place)
    groups = defaultdict(list)
    for (round_number, contract), of_round in places.items():
        if (round_number, contract) in rules:
            groups[contract, rules[round_number, contract]] += of_round
    return groups


def _placed(profiles, subjects, keys):
    """Long values with the place of their subject instead of its keys."""
    columns = [*keys, "contract"]
    rows = profiles.select([*columns, "metric", "value"]).join(
        subjects, keys=columns, join_type="inner"
    )
    rows = rows.select([PLACE, "metric", "value"])
    if len(rows.group_by([PLACE, "metric"]).aggregate([])) < len(rows):
        raise ValueError("profiles have two values for one metric of a subject")
    return rows.cast(
        pa.schema([(PLACE, pa.int64()), ("metric", pa.string()), ("value", pa.float64())])
    )


def _verdicts(source, name, values, places, rules):
    """Verdicts of one group, a row for each place and rule."""
    metrics = list(dict.fromkeys(rule.metric for rule in rules))
    frame = wide_frame(values, places, metrics)
    satisfied, problems = validated(source, name, frame, rules)
    observed = frame[[rule.metric for rule in rules]].to_numpy()
    turn = pa.array(np.tile(np.arange(len(rules)), len(places)))
    texts = {
        "expectation": [rule.expectation for rule in rules],
        "metric": [rule.metric for rule in rules],
        "expected": [rule.expected for rule in rules],
        "problem": problems,
    }
    return pa.table(
        {column: pa.array(words, pa.string()).take(turn) for column, words in texts.items()}
        | {
            PLACE: np.repeat(places, len(rules)),
            "success": satisfied.ravel(),
            "observed": pa.array(observed.ravel(), pa.float64(), from_pandas=True),
        }
    )


def _in_order(verdicts, subjects):
    """Verdicts with the keys of their subjects; rules already stand in the order of their names."""
    order = np.argsort(verdicts[PLACE].to_numpy(), kind="stable")
    verdicts = verdicts.take(pa.array(order))
    of_subjects = subjects.drop_columns([PLACE]).take(verdicts[PLACE])
    for column in verdicts.column_names:
        of_subjects = of_subjects.append_column(column, verdicts[column])
    return of_subjects
