"""How a build is cut for a backfill: what comes before the slices, what is built in each, what comes after.

Before: what is landed, the rules, which rounds are due. In a slice: all that is made of a round from its
own rows and those of its window. After: what crosses rounds. The contracts' verdicts are made in the slices,
which need them to know what is refused, and once more after, of all rounds; what is judged is made in the
slices alone. Data tests come after, but for those of tables that slices alone have.
"""

import json
from dataclasses import dataclass

BEFORE = ("landing", "rules", "worklist")  # topics
GUARDS = ("nothing_built_is_withdrawn_unsaid",)  # a data test by which a build goes no further
SLICED = (
    *("contracts", "submissions", "neutralization", "stability", "stakes", "meta_models"),
    *("portfolios", "scores"),
)
CROSSING = (  # of these topics: they compare what is made of a round with what is made of those before
    *("int_meta_stability_due", "int_meta_churns", "int_meta_turnovers"),
    "fct_meta_model_stability",
)
SLICED_TOO = (  # of later topics: what is made of a round's signals, which no later step needs then
    *("int_meta_model_scores", "int_portfolio_returns", "int_model_returns"),
)
AGAIN = (  # contracts that look at more than a round, and what is judged
    *("int_models_unregistered", "int_models_profiled", "int_calendar_profiled"),
    *("int_prices_profiled", "int_round_verdicts", "int_rounds_refused", "int_rounds_due"),
    *("int_target_days_due", "fct_unusable_files"),
)
NOT_KEPT = (  # tables of the slices that the warehouse makes again where it needs them
    *("int_target_values", "int_target_coverages"),
)
LET_GO = (  # tables of signals and weights: of rounds that are past the next build would drop their rows
    *("int_universe", "int_factor_loadings", "int_signal_ranks", "int_neutral_norms"),
    *("int_signal_extremes", "int_portfolios_optimized"),
)
NARROWED = (  # a slice opens the files of its own rounds
    *("int_column_files", "int_files_due", "int_landing_narrowed"),
)


@dataclass(frozen=True)
class Parts:
    """Names of nodes: models, seeds and data tests.

    before, sliced, after : what dbt builds in each part, the last two with data tests
    kept : tables of the slices that grow with the rounds, which the warehouse keeps
    handed_on : tables of the slices that hold what is due alone, and that are read after
    """

    before: tuple[str, ...]
    sliced: tuple[str, ...]
    after: tuple[str, ...]
    kept: tuple[str, ...]
    handed_on: tuple[str, ...]


def read_parts(manifest_path):
    """The parts of the project that dbt has parsed.

    Parameters
    ----------
    manifest_path : Path of dbt's manifest.json

    Returns
    -------
    Parts
    """
    found = json.loads(manifest_path.read_text())["nodes"]
    nodes = {k: n for k, n in found.items() if n["resource_type"] in ("model", "seed")}
    name = {key: node["name"] for key, node in nodes.items()}
    before = {k for k, n in nodes.items() if n["resource_type"] == "seed" or n["fqn"][1] in BEFORE}
    sliced = {k for k, n in nodes.items() if n["fqn"][1] in SLICED or n["name"] in SLICED_TOO}
    sliced -= {k for k in sliced if name[k] in CROSSING}
    after = nodes.keys() - before - {k for k in sliced if name[k] not in AGAIN}
    read_after = {parent for key in after for parent in _parents(nodes[key])}
    stored = {k for k in sliced - after if name[k] not in NOT_KEPT}
    kept = {k for k in stored if nodes[k]["config"]["materialized"] == "incremental"}
    worklists = {nodes[key]["config"]["meta"].get("worklist") for key in kept}
    handed_on = {k for k in sliced - after - kept if k in read_after or name[k] in worklists}
    whole = before | after | handed_on | {k for k in kept if name[k] not in LET_GO}
    tests = {True: set(), False: set()}  # whether the warehouse has all that they look at
    for node in found.values():
        if node["resource_type"] == "test" and node["name"] not in GUARDS:
            parents = nodes.keys() & _parents(node)
            tests[parents <= whole].add(node["name"])
    return Parts(
        before=_names(name, before),
        sliced=_names(name, sliced, tests[False], NARROWED),
        after=_names(name, after, tests[True]),
        kept=_names(name, kept),
        handed_on=_names(name, handed_on),
    )


def _parents(node):
    return set(node["depends_on"].get("nodes", ()))


def _names(name, keys, *others):
    return tuple(sorted({name[key] for key in keys}.union(*others)))
