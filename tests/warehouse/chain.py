"""The models from matched signals to scores, run as dbt compiled them on drawn inputs, in memory.

A build takes seconds and a draw milliseconds, so properties over hundreds of draws are tested on the chain.
"""

import importlib.util
import json
from graphlib import TopologicalSorter

import duckdb
from harness import PROJECT

from kardashev.warehouse.plugin import norm_ppf

LAST = "int_scores"


class Chain:
    """Compiled models between given inputs and a last one, in order.

    Parameters
    ----------
    target : pathlib.Path, a dbt target folder of this project, after a build
    inputs : iterable of str, names of the relations that will be given
    last : str
    """

    def __init__(self, target, inputs, last=LAST):
        manifest = json.loads((target / "manifest.json").read_text())
        nodes = {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "model"}
        names = {n["unique_id"]: name for name, n in nodes.items()}
        graph, wanted = {}, [last]
        while wanted:
            name = wanted.pop()
            if name not in graph and name not in inputs:
                needs = [names[i] for i in nodes[name]["depends_on"]["nodes"] if i in names]
                graph[name] = [need for need in needs if need not in inputs]
                wanted += needs
        order = TopologicalSorter(graph).static_order()
        self.models = [(name, _runner(target, nodes[name])) for name in order]

    def run(self, inputs):
        """Runs the chain on tables given by name, and returns the connection with all its relations."""
        connection = duckdb.connect(config={"threads": 1})
        connection.create_function("norm_ppf", norm_ppf, ["DOUBLE"], "DOUBLE", type="arrow")
        for name, table in inputs.items():
            connection.register("given", table)
            connection.execute(f"create table {name} as from given")
        for name, run in self.models:
            run(connection, name)
        return connection


def _runner(target, node):
    if node["language"] == "sql":
        query = (target / "compiled" / "kardashev" / node["original_file_path"]).read_text()
        query = query.replace('"kardashev"."main".', "")
        return lambda connection, name: connection.execute(f"create table {name} as {query}")
    spec = importlib.util.spec_from_file_location(
        node["name"], PROJECT / node["original_file_path"]
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def run(connection, name):
        connection.register("returned", module.model(Dbt(connection), connection))
        connection.execute(f"create table {name} as from returned")

    return run


class Dbt:
    """What a Python model is given."""

    def __init__(self, connection):
        self.ref = connection.table

    def config(self, **_):
        """Says how dbt keeps the model; here everything is a new table."""
