"""The queries of a replay, each a file in ``sql/``."""

from importlib import resources


def read_sql(name):
    """The query in ``sql/<name>.sql``."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8")


def make_table(connection, name, **parameters):
    """Makes a table of the query of that name, and returns it."""
    connection.execute(f"create table {name} as {read_sql(name)}", parameters)
    return connection.table(name)
