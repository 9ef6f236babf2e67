"""dbt's parse of the project."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def target(tmp_path_factory):
    """Where dbt leaves what it parsed."""
    target = tmp_path_factory.mktemp("target")
    (target / "landing").mkdir()
    dbt = Path(sys.executable).with_name("dbt")
    command = [dbt, "parse", "--quiet", "--project-dir", PROJECT, "--profiles-dir", PROJECT]
    subprocess.run([*command, "--target-path", target], check=True, cwd=target)
    return target


@pytest.fixture(scope="session")
def manifest(target):
    return json.loads((target / "manifest.json").read_text())


@pytest.fixture(scope="session")
def models(manifest):
    """The nodes of the models, by name; each with its topic, parents and sources."""
    nodes = manifest["nodes"]
    found = {n["name"]: n for n in nodes.values() if n["resource_type"] == "model"}
    names = {node["unique_id"]: name for name, node in found.items()}
    for node in found.values():
        node["topic"] = node["fqn"][1]
        node["parents"] = [names[i] for i in node["depends_on"]["nodes"] if i in names]
        node["sources"] = [i for i in node["depends_on"]["nodes"] if i.startswith("source.")]
    return found
