"""CSV files as Parquet, so that both are read in one way."""

from uuid import uuid4

from kardashev.errors import LandingError
from kardashev.landing.layouts import quoted, read_layouts, text_literal


def as_parquet(connection, source, scratch):
    """A CSV file as Parquet: keys and labels stay text, every other column holds numbers."""
    layouts, problems = read_layouts(connection, [source.path])
    if problems:
        raise LandingError(f"{source.name} cannot be used: {next(iter(problems.values()))}")
    (layout,) = layouts.values()
    rule = source.rule
    texts = {*rule.stock, *rule.era.columns, "data_type"}
    texts |= {
        c for name, cs in (rule.universe or {}).items() for c in cs if name != "sample_weight"
    }
    scan, cells = layout.scan([source.path]), []
    for name in layout.types:
        text = f"nullif(trim({quoted(name)}), '')"
        number = f"try_cast({text} as double)"
        is_text = name in texts
        if not is_text:  # a column of words stays one: no pattern finds it
            (is_text,) = source.run(
                connection, f"select count({text}) > 0 and count({number}) = 0 from {scan}"
            ).fetchone()
        cells.append((name, text, number, is_text))
    for name, text, number, is_text in cells:
        wrong = f"select {text} from {scan} where {text} is not null and {number} is null limit 1"
        found = None if is_text else source.run(connection, wrong).fetchone()
        if found:
            raise LandingError(f"{source.name}: {name} {found[0][:40]!r} is not a number")
    columns = ", ".join(
        f"{text if is_text else number} as {quoted(name)}" for name, text, number, is_text in cells
    )
    path = scratch / f"{uuid4()}.parquet"  # two files may have one name but for their folders
    select = f"select {columns} from {scan}"
    source.run(connection, f"copy ({select}) to {text_literal(path)} (format parquet)")
    return path
