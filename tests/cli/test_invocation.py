"""Commands that run dbt take over its parse of the project, which dbt makes anew where a file has changed."""

from kardashev.warehouse.environment import from_here
from kardashev.warehouse.invocation import PARSE, Dbt

PROJECT = "{name: small, profile: small}"
PROFILE = """
small:
  target: only
  outputs: {only: {type: duckdb, path: "{{ env_var('KARDASHEV_DB') }}"}}
"""


def test_a_parse_is_kept_until_a_file_of_the_project_changes(tmp_path):
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(PROJECT)
    (project / "profiles.yml").write_text(PROFILE)
    model = project / "models" / "one.sql"
    model.write_text("select 1 as one")

    def parsed_at(name):
        folder = tmp_path / name
        folder.mkdir()
        variables = {"KARDASHEV_DB": str(from_here(folder / "small.duckdb"))}
        with Dbt(project, folder, folder) as dbt:
            assert dbt.run("parse", (), variables) == 0
        return (project / "target" / "commands" / PARSE).stat().st_mtime_ns

    first = parsed_at("first")
    assert parsed_at("second") == first
    model.write_text("select 2 as one")
    assert parsed_at("third") > first
