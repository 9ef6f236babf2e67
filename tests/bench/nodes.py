"""What dbt itself takes: an idle build of the demo beside projects of as many models that do nothing.

    python tests/bench/nodes.py [BUILDS]

Two made-up projects stand beside it, each of as many models of one constant row as an idle build has
nodes: one written by dbt-duckdb's own materializations, one by the project's. All are built in turn, BUILDS
times (default: 2), with two threads; the first build of each, which parses it, is not counted.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from build import PROJECT, Builds, say

PROFILE = """
empty:
  target: local
  outputs:
    local: {type: duckdb, path: "{{ env_var('KARDASHEV_DB') }}", threads: 2}
"""
CONFIG = """
name: kardashev
profile: empty
flags: {send_anonymous_usage_stats: false, log_level_file: info}
models: {kardashev: {+materialized: table}}
"""
LAYERS = 10  # models that read one another


def main(builds=2):
    with tempfile.TemporaryDirectory(prefix="kardashev-bench-") as folder:
        demo = Builds(Path(folder) / "demo")
        demo.folder.mkdir()
        land_demo(demo.folder)
        demo.build("the demo, at first")
        nodes = len(demo.results())
        say(f"{nodes} nodes")
        others = {
            "models of one row, by dbt-duckdb": project(Path(folder) / "plain", nodes, ()),
            "models of one row, by the project's macros": project(
                Path(folder) / "ours", nodes, sorted((PROJECT / "macros").glob("*.sql"))
            ),
        }
        for what, other in others.items():
            other.build(f"{what}, at first")
        for _ in range(builds):
            demo.build("the demo, nothing new")
            for what, other in others.items():
                other.build(what)


def land_demo(folder):
    command = [str(Path(sys.executable).with_name("kardashev")), "demo"]
    place = {"KARDASHEV_LANDING": str(folder / "landing")}
    subprocess.run(command, env=os.environ | place, check=True, stdout=subprocess.DEVNULL)


def project(folder, nodes, macros):
    """A project of so many models, of which each reads the one before but for every tenth."""
    for name in ("models", "macros"):
        (folder / name).mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(CONFIG)
    (folder / "profiles.yml").write_text(PROFILE)
    for number in range(nodes):
        former = f"select * from {{{{ ref('model_{number - 1}') }}}}"
        text = former if number % LAYERS else "select 1 as value"
        (folder / "models" / f"model_{number}.sql").write_text(text)
    for macro in macros:
        shutil.copy(macro, folder / "macros")
    return Builds(folder, project=folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
