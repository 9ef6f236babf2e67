"""Where dbt, DuckDB and people meet.

environment  where files are, as the environment says
rules        the rule seeds, checked before a build begins
plugin       what dbt-duckdb loads at connect
publish      relations in a file of their own, as the copy that people read, swapped in whole
reading      a built warehouse, opened to read it
tour         what the built warehouse shows
"""
