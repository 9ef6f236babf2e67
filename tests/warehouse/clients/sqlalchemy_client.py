"""What SQLAlchemy reads of the published file, as Superset does: tables, comments, a join."""

import json
import sys

import sqlalchemy as sa

published, _, joined = sys.argv[1:]
engine = sa.create_engine(f"duckdb:///{published}?access_mode=read_only")
inspector = sa.inspect(engine)
marts = inspector.get_table_names()
with engine.connect() as connection:
    answers = {
        "rows": {
            mart: connection.execute(sa.text(f"select count(*) from {mart}")).scalar()
            for mart in marts
        },
        "joined": [list(row) for row in connection.execute(sa.text(joined))],
        "comments": sum(
            column["comment"] is not None
            for mart in marts
            for column in inspector.get_columns(mart)
        ),
    }
print(json.dumps(answers))
