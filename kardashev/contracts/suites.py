"""Rows of thresholds become suites of Great Expectations, and their results become verdicts."""

import logging
import os
import warnings
from collections import Counter
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

import numpy as np

NO_VERDICT = "Great Expectations gave no verdict"

# COMPLETE lists every failing row. Without unexpected_index_column_names they are named by the frame's own
# index, which is what we want: it cannot collide with a metric, and it is four times faster when many fail.
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}

ONE_AT_A_TIME = Lock()  # a process has one current context, and dbt runs its models in threads
SILENCE = logging.NullHandler()


class Rule(NamedTuple):
    """One expectation: a metric and its inclusive bounds, None where there is none."""

    expectation: str
    metric: str
    at_least: float | None
    at_most: float | None

    @property
    def expected(self):
        """The bounds in words: ``at least 100``, ``at most 0``, ``0 to 1``, ``0``."""
        low, high = (None if b is None else f"{b:.15g}" for b in (self.at_least, self.at_most))
        if low is None:
            return "no bound" if high is None else f"at most {high}"
        if high is None:
            return f"at least {low}"
        return low if low == high else f"{low} to {high}"


@contextmanager
def great_expectations():
    """The library, silent and for one thread at a time; a context manager that yields the module.

    Imported here and not above: it takes seconds, and a build in which nothing is due needs none of it.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at the import: it would send events
    logger = logging.getLogger("great_expectations")
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        propagates, logger.propagate = logger.propagate, False
        logger.addHandler(SILENCE)  # a level would not do: one of its modules sets its own
        try:
            import great_expectations

            yield great_expectations
        finally:
            logger.removeHandler(SILENCE)
            logger.propagate = propagates


def ephemeral_source(gx):
    """A pandas data source in a context that writes nothing and draws no progress bar.

    Its configuration is given, as the default one makes a temporary folder for a site of documents.
    """
    from great_expectations.data_context.types import base

    config = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    return context.data_sources.add_pandas("profiles")


def suite_for(name, rules):
    """A suite that judges the rules: each metric is there, and between each rule's bounds.

    GX calls two expectations equal whatever their meta says, and silently drops the second. So each different
    one is added once, and its meta holds the names of all rules that need it.

    Parameters
    ----------
    name : str
    rules : sequence of Rule, names unique

    Returns
    -------
    suite : great_expectations.ExpectationSuite
    refused : dict from a rule's name to why GX takes no such expectation, in one line
    """
    import great_expectations as gx
    from great_expectations import expectations as gxe

    needed = {}
    for rule in rules:
        bounds = {"min_value": rule.at_least, "max_value": rule.at_most}
        # A null is neither inside nor outside bounds for GX: it must be refused by an expectation of its own.
        not_null = (gxe.ExpectColumnValuesToNotBeNull, rule.metric, ())
        between = (gxe.ExpectColumnValuesToBeBetween, rule.metric, tuple(bounds.items()))
        for key in (not_null, between):
            needed.setdefault(key, []).append(rule.expectation)

    suite, refused = gx.ExpectationSuite(name=name), {}
    for (kind, metric, arguments), names in needed.items():
        try:
            expectation = kind(column=metric, meta={"expectations": names}, **dict(arguments))
        except ValueError as error:  # pydantic's: a bound is not what GX takes
            refused |= dict.fromkeys(names, one_line(error))
        else:
            suite.add_expectation(expectation)
    return suite, refused


def whole_batch(source, name, frame):
    """A frame as one batch of a GX pandas data source, under a name that is new to the source."""
    asset = source.add_dataframe_asset(name)
    return asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})


def validated(source, name, frame, rules):
    """One validation: which rows of a frame satisfy which rules.

    Parameters
    ----------
    source : GX pandas data source, see `ephemeral_source`
    name : str, new to the source: GX keeps metrics by batch, so two frames never share a name
    frame : pandas.DataFrame, a column for each metric, an index without duplicates
    rules : sequence of Rule, names unique

    Returns
    -------
    satisfied : bool array (rows, rules), False for all rows of a rule that crashed
    problems : list (rules) of str or None, why a rule crashed, in one line
    """
    suite, problems = suite_for(name, rules)
    batch = whole_batch(source, name, frame)
    places = {rule.expectation: place for place, rule in enumerate(rules)}
    satisfied = np.ones((len(frame), len(rules)), dtype=bool)
    answers = Counter()
    for result in batch.validate(suite, result_format=RESULT_FORMAT).results:
        names = result.expectation_config.meta["expectations"]
        failing = result.result.get("unexpected_index_list")
        problem = crash(result.exception_info)
        if problem is None and (failing is None or result.success == bool(failing)):
            problem = NO_VERDICT  # failed without a row that fails, or the reverse
        if problem is not None:
            problems = dict.fromkeys(names, problem) | problems
            continue
        answers.update(names)
        rows = frame.index.get_indexer(failing)
        satisfied[np.ix_(rows, [places[name] for name in names])] = False
    for rule in rules:
        if answers[rule.expectation] != 2:  # not null, and between
            problems.setdefault(rule.expectation, NO_VERDICT)
        if rule.expectation in problems:
            satisfied[:, places[rule.expectation]] = False
    return satisfied, [problems.get(rule.expectation) for rule in rules]


def crash(exception_info):
    """The message of a crash in one line, or None.

    ``exception_info`` is flat when the expectation crashed, nested by metric id when its metric did.
    """
    info = exception_info or {}
    nested = [value for value in info.values() if isinstance(value, dict)]
    messages = {one_line(i.get("exception_message")) for i in [info, *nested] if _raised(i)}
    return "; ".join(sorted(messages)) or None


def one_line(message):
    """A message with its line breaks taken out, never empty."""
    return " ".join(str(message or "no message").split())


def _raised(info):
    return bool(info.get("raised_exception") or info.get("exception_message"))
