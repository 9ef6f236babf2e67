"""Casts that lose nothing: what is not of its column's type is null, or NaN where a number is wanted.

A cell that holds something and becomes null or NaN is unreadable. Contracts find NaN and null like any other
missing value; the manifest counts unreadable cells by file and round and shows one.
"""

from kardashev.landing.layouts import quoted

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
WHOLE += tuple(f"U{name}" for name in WHOLE)
FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
TIMES = ("DATE", "TIMESTAMP")
INTEGER_TEXT = r"\s*[+-]?[0-9]+(\.0*)?\s*"
DAY_TEXT = r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T]00:00(:00(\.0*)?)?(Z|[+-]00(:?00)?)?)?\s*"
SHOWN_CHARACTERS = 40
FIRST_DAY, LAST_DAY = (
    "0001-01-01",
    "9999-12-30",
)  # days may be counted from any time between, here and in Python


def kind_of(source):
    """``whole``, ``fraction``, ``boolean``, ``text``, ``time`` or ``other``: what a DuckDB type holds."""
    name = source.split("(")[0].split(" ")[0].split("_")[0]
    kinds = {"BOOLEAN": "boolean", "VARCHAR": "text"}
    kinds |= dict.fromkeys(WHOLE, "whole") | dict.fromkeys(FRACTIONS, "fraction")
    kinds |= dict.fromkeys(TIMES, "time")
    return "other" if source.endswith("]") else kinds.get(name, "other")


def cast(name, source, wanted):
    """SQL for a column of type ``source`` as type ``wanted``."""
    column = quoted(name)
    return _CASTS[wanted](column, kind_of(source))


def unreadable(name, source, wanted):
    """SQL, true where a cell holds something that the cast cannot take; None where that cannot be."""
    column, kind = quoted(name), kind_of(source)
    if wanted == "varchar" or (wanted == "double" and kind in ("whole", "fraction", "boolean")):
        return None
    lost = f"try_cast({column} as double) is null" if kind == "text" else "true"
    if wanted != "double":
        lost = f"{_CASTS[wanted](column, kind)} is null"
    return f"({column} is not null and {lost})"


def shown_cell(name):
    """SQL for a cell as a message repeats it: its column, and what it holds."""
    column, label = quoted(name), name.replace("'", "''")
    return f"concat('{label} ''', left(cast({column} as varchar), {SHOWN_CHARACTERS}), '''')"


def _text(column, _kind):
    text = f"cast({column} as varchar)"
    return f"if(trim({text}) = '', null, {text})"  # blanks name nothing


def _double(column, kind):
    if kind in ("whole", "fraction", "boolean"):
        return f"cast({column} as double)"
    number = f"try_cast({column} as double)" if kind == "text" else "null"
    return f"coalesce({number}, if({column} is null, null, cast('nan' as double)))"


def _integer(column, kind):
    number = f"try_cast({column} as integer)"
    return {
        "whole": number,
        "fraction": f"if({column} = trunc({column}), {number}, null)",
        "text": f"if(regexp_full_match({column}, '{INTEGER_TEXT}'), {number}, null)",
    }.get(kind, "cast(null as integer)")


def _boolean(column, kind):
    return {
        "boolean": column,
        "whole": f"if({column} in (0, 1), {column} = 1, null)",
        "fraction": f"if({column} in (0, 1), {column} = 1, null)",
        "text": f"try_cast(regexp_replace(lower(trim({column})), '^([01])\\.0$', '\\1') as boolean)",
    }.get(kind, "cast(null as boolean)")


def _date(column, kind):
    day = f"try_cast({column} as date)"
    if kind == "text":
        return f"if(regexp_full_match({column}, '{DAY_TEXT}') and {_in_range(day)}, {day}, null)"
    if kind == "time":
        return f"if({_in_range(day)} and {column} = {day}, {day}, null)"
    return "cast(null as date)"


def _time(column, kind):
    if kind not in ("text", "time"):
        return "cast(null as timestamptz)"
    moment = f"try_cast({column} as timestamptz)"
    return f"if({_in_range(moment)}, {moment}, null)"


def _in_range(moment):
    """SQL, false for infinity too."""
    return f"{moment} between date '{FIRST_DAY}' and date '{LAST_DAY}'"


_CASTS = {
    "varchar": _text,
    "double": _double,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "timestamptz": _time,
}
