"""The project's conventions, read from dbt's manifest: topics, names, descriptions, keys, sizes.

What dbt-project-evaluator checks, which is no Python package, and the rules of this house. Each
exception is named with its reason.
"""

import re
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)

PROJECT = Path(__file__).parents[2]
TOPICS = (
    *("landing", "rules", "worklist", "contracts", "submissions", "neutralization", "stability"),
    *("stakes", "meta_models", "portfolios", "scores", "payouts", "standings", "fund"),
    *("indicators", "diagnostics", "replays", "publication"),
)
READ_BACK = {
    ("int_files_due", "int_landing_narrowed"): "the worklist says which landed files are read",
}
STAGING, INTERNAL, PUBLISHED = ("stg_",), ("int_",), ("fct_", "dim_", "leaderboard_")
NO_PREFIX = {"published_copy": "what it makes is a file"}
LONGEST_SQL, LONGEST_PYTHON_MODEL, LONGEST_MODULE = 150, 25, 300
KEYS_GIVEN = {  # stored without a key that is held
    "int_clock": "one row",
    "published_copy": "one row",
    "int_build_version": "one row",
    "int_publication_draft": "one row",
    "int_landing_manifest": "one row a path, round and delivery, null in bad files",
    "int_target_strays": "rows of the landing that belong to nothing, null keys among them",
    "int_target_deliveries_judged": "strays among them",
    "int_signals_matched": "landed rows: that a stock is named once is judged, not given",
}
PARENTS = {"dim_rounds": r"(.+_)?round(_number)?", "dim_models": r"(.+_)?model_id"}
ORPHANS = {
    "fct_contract_results": "verdicts are of refused rounds too, and of models/",
    "fct_replayed_stakes": "a replay stays as it was made",
    "fct_replayed_scores": "a replay stays as it was made",
}
METRICS = {
    *("at_risk_nmr", "payout_nmr", "pending_payout_nmr", "stake_weighted_score"),
    *("stake_weighted_reputation", "fund_return", "fund_net_return"),
}
KEYLESS = "view"  # what is computed anew at each reading is held where it is stored


def edges(models):
    return [(parent, name) for name, node in models.items() for parent in node["parents"]]


def test_a_topic_reads_only_itself_and_earlier_topics(models):
    upward = {
        (parent, name)
        for parent, name in edges(models)
        if TOPICS.index(models[parent]["topic"]) > TOPICS.index(models[name]["topic"])
    }
    assert upward == set(READ_BACK)


def test_each_topic_has_one_yml_of_models_and_one_of_unit_tests(models):
    assert {node["topic"] for node in models.values()} == set(TOPICS)
    for folder in (PROJECT / "models").iterdir():
        if folder.is_dir():
            expected = {
                f"_{folder.name}__{kind}.yml"
                for kind in ("models", "unit_tests", "sources", "exposures", "semantic_models")
            }
            assert {path.name for path in folder.glob("*.yml")} <= expected
    assert not list((PROJECT / "python_models").rglob("*.yml"))


def test_a_models_prefix_says_its_layer(models):
    for name, node in models.items():
        expected = STAGING if node["sources"] else INTERNAL + PUBLISHED
        assert name.startswith(expected) or name in NO_PREFIX, name


def test_only_staging_reads_what_is_landed_and_one_table_each(models):
    for name, node in models.items():
        assert len(node["sources"]) == name.startswith(STAGING), name


def test_every_model_and_every_column_in_its_yml_is_described(models):
    for name, node in models.items():
        assert node["description"], name
        assert node["columns"], name
        for column, described in node["columns"].items():
            assert described["description"], f"{name}.{column}"


def test_every_stored_model_has_its_key_held(models):
    """As rows are written: a data test would cost each build as much as a model."""
    stored = {n: m for n, m in models.items() if m["config"]["materialized"] != KEYLESS}
    unheld = {n for n, model in stored.items() if not model["config"]["unique_key"]}
    assert unheld == set(KEYS_GIVEN)


def test_published_models_enforce_their_contract(models):
    for name, node in models.items():
        if name.startswith(PUBLISHED):
            assert node["config"]["contract"]["enforced"], name
            assert all(column["data_type"] for column in node["columns"].values()), name


def test_every_published_model_is_copied(models):
    copied = set(models["published_copy"]["parents"])
    assert {name for name in models if name.startswith(PUBLISHED)} <= copied


@pytest.mark.parametrize("parent", PARENTS)
def test_every_published_column_of_a_parents_key_is_held_to_it(manifest, models, parent):
    (held,) = (
        node["test_metadata"]["kwargs"]["children"]
        for node in manifest["nodes"].values()
        if node.get("attached_node") == models[parent]["unique_id"]
        and node["test_metadata"]["name"] == "is_parent_of"
    )
    columns = {
        (column, name)
        for name, node in models.items()
        if name.startswith(PUBLISHED) and name not in (parent, *ORPHANS)
        for column in node["columns"]
        if re.fullmatch(PARENTS[parent], column)
    }
    assert {(column, name) for column, names in held.items() for name in names} == columns


def test_the_semantic_layer_is_valid_and_has_the_metrics_that_docs_name(target):
    text = (target / "semantic_manifest.json").read_text()
    semantic = PydanticSemanticManifest.parse_raw(text)
    SemanticManifestValidator().checked_validations(semantic)
    assert {metric.name for metric in semantic.metrics} >= METRICS


def test_what_the_semantic_layer_reads_is_in_the_contracts_of_the_marts(manifest, models):
    with duckdb.connect() as connection:
        for semantic in manifest["semantic_models"].values():
            mart = semantic["node_relation"]["alias"]
            columns = (f"{name} {c['data_type']}" for name, c in models[mart]["columns"].items())
            connection.execute(f"create or replace table {mart} ({', '.join(columns)})")
            for kind in ("entities", "dimensions", "measures"):
                for read in semantic[kind]:
                    connection.execute(f"select {read['expr'] or read['name']} from {mart}")


def test_the_grain_stands_first_in_every_model(models):
    for name, node in models.items():
        head = "\n".join(node["raw_code"].splitlines()[:12])
        assert "Grain:" in head, name


IMPORT_CTE = re.compile(r"\w+ as \(\n\n    select \* from \{\{ ref\(.*?\) \}\}\n\n\),\n\n")
REFERENCE = re.compile(r'.*dbt\.ref\("\w+"\),?\n')


@pytest.mark.parametrize(
    ("pattern", "longest", "not_counted"),
    [
        ("models/**/*.sql", LONGEST_SQL, IMPORT_CTE),
        ("macros/*.sql", LONGEST_SQL, IMPORT_CTE),
        ("python_models/**/*.py", LONGEST_PYTHON_MODEL, REFERENCE),
        ("kardashev/**/*.py", LONGEST_MODULE, REFERENCE),
    ],
)
def test_files_can_be_read_in_one_go(pattern, longest, not_counted):
    texts = {path: not_counted.sub("", path.read_text()) for path in PROJECT.glob(pattern)}
    lengths = {str(path): len(text.splitlines()) for path, text in texts.items()}
    assert not {path: length for path, length in lengths.items() if length > longest}


def test_no_aggregate_is_over_a_window_of_all_rows():
    """DuckDB 1.5 fails there now and then, by a race of its threads, and takes the database with it.

    Where most rows are filtered away it happens some five times in a thousand, with more than one thread
    (duckdb issue 25713). A scalar subquery says the same.
    """
    window = re.compile(r"(?<!row_number\(\)) over \(\s*\)", re.IGNORECASE)
    files = [
        path
        for folder in (
            "models",
            "macros",
            "tests/singular",
            "tests/generic",
            "kardashev",
            "python_models",
        )
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in (".sql", ".py")
    ]
    assert len(files) > 300
    assert [str(path) for path in files if window.search(path.read_text())] == []


def test_the_packages_rooms_know_only_those_below_them():
    rooms = {
        "errors": (),
        "printing": (),
        "kernels": (),
        "portfolio": ("errors", "kernels"),
        "contracts": ("errors",),
        "workers": ("errors",),
        "rounds": ("errors", "kernels", "portfolio", "workers"),
        "landing": ("errors", "printing", "kernels"),
        "replay": (
            *("errors", "kernels", "portfolio", "rounds", "landing", "warehouse", "printing"),
            "workers",
        ),
        "inspection": ("errors", "printing", "portfolio", "rounds", "landing", "warehouse"),
        # not what it audits
        "inspection/audit": ("errors", "printing", "inspection", "landing", "warehouse"),
        "warehouse": ("errors", "printing", "landing", "workers"),
        "backfill": ("errors", "printing", "contracts", "landing", "warehouse", "workers"),
        "dashboard": ("errors", "printing", "warehouse"),
        "site": ("errors", "printing", "contracts", "warehouse"),
    }
    for room, known in rooms.items():
        place = PROJECT / "kardashev" / room
        files = [place.with_suffix(".py")] if not place.is_dir() else place.rglob("*.py")
        for path in files:
            for line in path.read_text().splitlines():
                words = line.split()
                if words[:1] == ["from"] and words[1].startswith("kardashev."):
                    other = words[1].split(".")[1]
                    assert other == room or other in known, f"{path.name} reads {other}"


def test_the_dashboards_exposure_names_the_marts_that_it_reads():
    exposures = yaml.safe_load(
        (PROJECT / "models/publication/_publication__exposures.yml").read_text()
    )
    (dashboard,) = exposures["exposures"]
    mart = re.compile(r"\b(?:fct|dim|leaderboard)_\w+")
    queries = (PROJECT / "kardashev/dashboard/sql").glob("*.sql")
    assert {f"ref('{name}')" for path in queries for name in mart.findall(path.read_text())} == set(
        dashboard["depends_on"]
    )
