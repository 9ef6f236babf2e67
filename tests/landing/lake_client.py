"""A client of a lake in a process of its own: two marts in one query, until it is ended, as JSON lines."""

import json
import sys

from kardashev.warehouse.lake import Lake
from kardashev.warehouse.lake_opening import opened

QUERY = """
    select 'by_round', min(value), max(value) from lake.{schema}.by_round
    union all
    select 'whole', min(value), max(value) from lake.{schema}.whole
"""


def main(kind, catalog, schema):
    connection = opened(Lake(kind, catalog, schema), "lake")
    while True:
        print(json.dumps(connection.execute(QUERY.format(schema=schema)).fetchall()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
