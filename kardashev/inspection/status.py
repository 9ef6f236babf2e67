"""What is landed, due, built and published: read from whatever of it is there, writing nothing."""

from collections import Counter
from datetime import UTC, datetime
from importlib import resources

import pyarrow.compute as pc

from kardashev.errors import LandingError, WarehouseBusyError, WarehouseError
from kardashev.landing.calendar import read_rounds
from kardashev.landing.listing import listed_files, touched_files
from kardashev.printing import print_json, print_table, shown
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.reading import PUBLISHED_COPY, reading, records

SQL = resources.files(__package__) / "sql"
PUBLICATION, ROUNDS, UPLOADS, HALF_DONE = (
    (SQL / f"status_{name}.sql").read_text()
    for name in ("publication", "rounds", "uploads", "half_done")
)
NOT_BUILT = "not built yet: run `dbt build`"
BUSY = "being written by a build: what is due is known when it ends"
ROUNDS_LISTED = 12


def print_status(landing, database, published, as_json=False):
    """Prints the status to standard output; what is missing is said, and is no error.

    Parameters
    ----------
    landing, database, published : Path of the landed files, of the warehouse, of the published copy
    as_json : bool
    """
    found = status(landing, database, published)
    if as_json:
        print_json(found)
    else:
        _print(found)


def status(landing, database, published):
    """The status.

    Parameters
    ----------
    landing, database, published : Path

    Returns
    -------
    dict
        ``landing``, ``due``, ``warehouse``, ``published``, each a dict; ``rounds`` and ``uploads``, lists of
        dict. ``problem`` says why something is not known, and what is not known of ``due`` is None.
    """
    landed, numbers = _landing(landing)
    warehouse, due = _warehouse(database, landing)
    copy, rounds, uploads = _published(published)
    done = {row["round_number"] for row in rounds if row["is_built"] or row["state"] == "refused"}
    is_known = copy["problem"] in (None, NOT_BUILT)
    due["rounds_not_built"] = sorted(numbers - done) if is_known else None
    return {
        "landing": landed,
        "due": due,
        "warehouse": warehouse,
        "published": copy,
        "rounds": rounds,
        "uploads": uploads,
    }


def _landing(landing):
    """The landed files by table, and the rounds' numbers: only their own small files are opened."""
    listed = listed_files(landing)
    by_table = listed.group_by("table_name", use_threads=False).aggregate(
        [("path", "count"), ("size_bytes", "sum"), ("modified_ns", "max")]
    )
    tables = [
        {"table": name, "files": files, "size_bytes": size, "newest_at": _moment(newest)}
        for name, files, size, newest in zip(*by_table.to_pydict().values(), strict=True)
    ]
    numbers, problem = set(), None
    try:
        numbers = set(read_rounds(landing))
    except LandingError as error:
        problem = str(error)
    landed = {
        "path": str(landing),
        "problem": problem,
        "files": len(listed),
        "size_bytes": sum(table["size_bytes"] for table in tables),
        "newest_at": max((table["newest_at"] for table in tables), default=None),
        "rounds": len(numbers),
        "newest_round": max(numbers, default=None),
        "tables": tables,
    }
    return landed, numbers


def _warehouse(database, landing):
    """The warehouse's file, and what the landing has that the last build did not read as it is now."""
    file = _file(database)
    if file["problem"]:
        everything = _by_table(listed_files(landing))
        return file, {"files_new": everything, "files_gone": 0, "rounds_half_done": []}
    try:
        with reading(database) as connection:
            return file, _due(connection, landing)
    except WarehouseError as error:
        file["problem"] = BUSY if isinstance(error, WarehouseBusyError) else str(error)
        return file, {"files_new": None, "files_gone": None, "rounds_half_done": None}


def _due(connection, landing):
    # The last build did read a file that it could not use: it is due when it is another.
    manifest = connection.sql("select * replace (null as problem) from int_landing_manifest")
    touched = touched_files(connection, landing, manifest)
    is_landed = touched["is_landed"]
    return {
        "files_new": _by_table(touched.filter(is_landed)),
        "files_gone": len(touched) - pc.sum(is_landed).as_py() if len(touched) else 0,
        "rounds_half_done": [number for (number,) in connection.sql(HALF_DONE).fetchall()],
    }


def _by_table(files):
    """How many files there are of each table."""
    return dict(sorted(Counter(files["table_name"].to_pylist()).items()))


def _published(path):
    """The published copy, its rounds and its uploads."""
    copy, rounds, uploads = (_lake if isinstance(path, Lake) else _file)(path), [], []
    if copy["problem"] is None:
        try:
            with reading(path, PUBLISHED_COPY) as connection:
                (made,) = records(connection.sql(PUBLICATION))
                rounds = records(connection.sql(ROUNDS))
                uploads = records(connection.sql(UPLOADS))
            copy |= made
        except WarehouseError as error:
            copy["problem"] = str(error)
    return copy, rounds, uploads


def _file(path):
    """A DuckDB file: a problem where there is none."""
    if not path.is_file():
        return {"path": str(path), "problem": NOT_BUILT, "size_bytes": None, "written_at": None}
    found = path.stat()
    written = {"size_bytes": found.st_size, "written_at": _moment(found.st_mtime_ns)}
    return {"path": str(path), "problem": None} | written


def _lake(lake):
    """A lake: how much it holds, and since when, is not asked."""
    return {"path": lake.name, "problem": None, "size_bytes": None, "written_at": None}


def _moment(nanoseconds):
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).replace(tzinfo=None)


def _print(found):
    landed, copy, rounds = found["landing"], found["published"], found["rounds"]
    facts = [
        ("landing", f"{landed['path']}: {_landed_line(landed)}"),
        ("due", _due_line(found["due"])),
        ("warehouse", _file_line(found["warehouse"])),
        ("published", _file_line(copy)),
    ]
    if copy.get("rounds"):
        facts.append(("made by", _made_line(copy)))
    print("All times are UTC.\n")
    print_table(None, facts)
    _print_part("Landed:", ("folder", "files", "MB", "newest"), _table_rows(landed))
    _print_part("Rounds of the published copy:", *_rounds_by_state(rounds))
    _print_part("Uploads of the published copy:", *_columns(found["uploads"]))
    unfinished = [row for row in rounds if row["state"] == "open"][-ROUNDS_LISTED:]
    names = ("round_number", "kind", "era_date", "close_at", "accepted_uploads")
    _print_part(
        "Open: not every score is final (the newest of them):", *_columns(unfinished, names)
    )
    refused = [row for row in rounds if row["state"] == "refused"]
    if refused:
        print("\nRefused; each is tried again at every build:")
    for row in refused:
        stands = ", stands as an earlier landing made it" if row["is_built"] else ""
        print(f"  round {row['round_number']}{stands}: {shown(row['reason'])}")


def _print_part(title, heads, rows):
    if rows:
        print(f"\n{title}")
        print_table(heads, rows)


def _landed_line(landed):
    if landed["problem"]:
        return landed["problem"]
    return (
        f"{landed['files']:,} files, {_size(landed['size_bytes'])}, newest {shown(landed['newest_at'])}; "
        f"{landed['rounds']:,} rounds, newest {landed['newest_round']}"
    )


def _due_line(due):
    parts = [_files_line(due)]
    for name, what in (("rounds_not_built", "not built"), ("rounds_half_done", "half done")):
        numbers = due[name]
        if numbers:
            listed = ", ".join(map(str, numbers[-ROUNDS_LISTED:]))
            before = "…, " if len(numbers) > ROUNDS_LISTED else ""
            parts.append(f"{len(numbers):,} rounds {what}: {before}{listed}")
    return "; ".join(parts)


def _files_line(due):
    if due["files_new"] is None:
        return "which files are new is not known"
    if not due["files_new"] and not due["files_gone"]:
        return "no file is new or changed since the last build"
    counts = [f"{count:,} of {table}" for table, count in due["files_new"].items()]
    counts += [f"{due['files_gone']:,} gone"] if due["files_gone"] else []
    return f"files new or changed since the last build: {', '.join(counts)}"


def _file_line(file):
    if file["size_bytes"] is None:
        return f"{file['path']}: {file['problem'] or 'a lake'}"
    problem = f"; {file['problem']}" if file["problem"] else ""
    return (
        f"{file['path']}: {_size(file['size_bytes'])}, written {shown(file['written_at'])}{problem}"
    )


def _made_line(copy):
    commit = f", commit {copy['git_commit'][:12]}" if copy["git_commit"] else ""
    return (
        f"formulas {copy['formula_version']}, kardashev {shown(copy['package_version'])}{commit}; newest "
        f"round built {shown(copy['newest_round_built_at'])}; {copy['models']:,} models"
    )


def _table_rows(landed):
    return [
        (table["table"], table["files"], round(table["size_bytes"] / 1e6, 1), table["newest_at"])
        for table in landed["tables"]
    ]


def _rounds_by_state(rounds):
    numbers = {}
    for row in rounds:
        numbers.setdefault((row["kind"], row["state"]), []).append(row["round_number"])
    rows = [(*key, len(of_key), min(of_key), max(of_key)) for key, of_key in numbers.items()]
    return ("kind", "state", "rounds", "first", "last"), rows


def _columns(rows, names=None):
    """Heads and rows of a table, from dicts."""
    names = names or tuple(rows[0] if rows else ())
    return names, [[row[name] for name in names] for row in rows]


def _size(size_bytes):
    return f"{size_bytes / 1e6:,.1f} MB"
