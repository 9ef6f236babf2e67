"""A publication into a lake by a process of its own, of many rounds: one to be killed, or to meet others."""

import sys

import duckdb
from built import Built

from kardashev.warehouse.lake import Lake


def main(kind, catalog, schema):
    with duckdb.connect() as connection:
        warehouse = Built(connection, Lake(kind, catalog, schema))
        warehouse.run("insert into by_round select 1000 + range // 1000, 2 from range(300_000)")
        warehouse.publish()


if __name__ == "__main__":
    main(*sys.argv[1:])
