"""What commands print: text that cannot steer a terminal, tables, rows for scripts, how far a command is."""

import csv
import io
import json
import math
import shutil
import sys
import time
from datetime import date, datetime
from decimal import Decimal

TABLE, JSON, CSV = "table", "json", "csv"  # forms of rows
INDENT, GAP = 2, 2  # characters before a table, and between its columns
NARROWEST = (
    12  # characters that a column of text keeps; below it rows are printed one below another
)
SECONDS_DRAWN, SECONDS_SAID = 0.2, 10


def visible(text):
    """The text with control characters, line breaks and marks of direction as their escapes, as ``\\x1b``."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def visible_lines(text):
    """The text with its line breaks as they are, and each line visible."""
    return "\n".join(map(visible, text.split("\n")))


class VisibleStream:
    """A text stream that writes nothing but visible characters and line breaks."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        return self.stream.write(visible_lines(text))

    def __getattr__(self, name):
        return getattr(self.stream, name)


def say(message):
    """Prints a line about a long command's progress to standard error."""
    print(message, file=sys.stderr, flush=True)


def shown(value):
    """A value as a table has it: a dash for what is missing, times to the second."""
    if _is_missing(value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return visible(str(value))


def print_table(heads, rows, text=shown):
    """Prints rows as columns: numbers to the right, all else to the left.

    On a terminal long text is folded; if it is too narrow even so, rows are printed one below another.
    Elsewhere each row is one line, whole.

    Parameters
    ----------
    heads : sequence of str, or None for rows of a name and a value
    rows : sequence of sequences of values
    text : function of a value, how it is written
    """
    cells = [[text(value) for value in row] for row in rows]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    columns = list(zip(*rows, strict=True)) or [()] * len(heads)
    is_text = [any(not _is_number(v) for v in column if not _is_missing(v)) for column in columns]
    if heads is None or width is None or _least_width(heads, cells, is_text) <= width:
        _print_lines(_drawn(heads, cells, is_text, width))
        return
    for place, row in enumerate(cells):
        if place:
            print()
        _print_lines(_drawn(None, list(zip(heads, row, strict=True)), [True, True], width))


def print_rows(heads, rows, form=TABLE):
    """Prints rows in a form: as JSON, a list of objects, and as CSV one by one, so any number of them.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequences of values
    form : `TABLE`, `JSON` or `CSV`
    """
    if form == TABLE:
        print_table(heads, list(rows))
    elif form == JSON:
        before = "[\n"
        for row in rows:
            sys.stdout.write(before + json.dumps(dict(zip(heads, _plain(row), strict=True))))
            before = ",\n"
        print("[]" if before == "[\n" else "\n]")
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(map(_csv_cells, rows))


def print_json(document):
    """Prints a document as JSON: no NaN, times as ISO has them."""
    print(json.dumps(_plain(document), indent=2))


class Progress:
    """How far a long command is: a bar on a terminal, elsewhere a line now and then; on standard error.

    Parameters
    ----------
    unit, other : str, what is done one by one, and what is counted beside, as ``files`` and ``refused``
    clock : function of no argument, seconds
    """

    def __init__(self, unit, other, clock=time.monotonic):
        self.unit, self.other, self.clock = unit, other, clock
        self.bar = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.bar:
            self.bar.stop()

    def begin(self, total):
        """Says how many there are; returns `step`."""
        self.total, self.began = total, self.clock()
        self.said = self.began
        if sys.stderr.isatty():
            self.bar = _bar()
            self.bar.add_task("", total=total, said="")
            self.bar.start()
        return self.step

    def step(self, done, others):
        """Says that so many are done, and so many counted beside them; not each time."""
        now, is_last = self.clock(), done >= self.total
        if not is_last and now - self.said < (SECONDS_DRAWN if self.bar else SECONDS_SAID):
            return
        self.said = now
        left = (now - self.began) / done * (self.total - done)
        line = f"{done:,} of {self.total:,} {self.unit}, {others:,} {self.other}, {left:.0f} s left"
        if self.bar:
            self.bar.update(self.bar.task_ids[0], completed=done, said=line, refresh=True)
        else:
            say(line)


def _bar():
    """A bar of rich. It steers the terminal, around `VisibleStream`, so it is told nothing but numbers."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    said = TextColumn("{task.fields[said]}", markup=False)
    console = Console(file=getattr(sys.stderr, "stream", sys.stderr))
    # No thread draws it, and what others print while it stands does not go through it.
    alone = {"auto_refresh": False, "redirect_stdout": False, "redirect_stderr": False}
    return Progress(BarColumn(), said, console=console, **alone)


def _drawn(heads, cells, is_text, width):
    """Lines of a table that rich lays out: without styles, so nothing in it steers a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=heads is not None, padding=(0, GAP, 0, 0), pad_edge=False)
    for place, text in enumerate(is_text):
        head = "" if heads is None else Text(visible(heads[place]))
        options = {"overflow": "fold"} if text else {"justify": "right", "no_wrap": True}
        table.add_column(head, **options)
    for row in cells:
        table.add_row(*map(Text, row))
    room = sum(_widths(heads, cells)) + GAP * len(is_text)
    console = Console(
        file=io.StringIO(),
        width=room if width is None else max(width - INDENT, 1),
        color_system=None,
        legacy_windows=False,
    )
    console.print(table)
    return console.file.getvalue().splitlines()


def _print_lines(lines):
    for line in lines:
        print(f"{' ' * INDENT}{line}".rstrip())


def _widths(heads, cells):
    """Characters of each column, as a terminal counts them."""
    from rich.cells import cell_len

    every = [*([heads] if heads else []), *cells]
    return [max(map(cell_len, column)) for column in zip(*every, strict=True)]


def _least_width(heads, cells, is_text):
    """Characters of a table whose text is folded as far as it may be."""
    columns = zip(_widths(heads, cells), is_text, strict=True)
    least = [min(width, NARROWEST) if text else width for width, text in columns]
    return INDENT + sum(least) + GAP * (len(least) - 1)


def _is_number(value):
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_missing(value):
    return value is None or value != value  # NaN and NaT differ from themselves


def _plain(value):
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        value = float(value)
    if _is_missing(value) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _csv_cells(row):
    return ["" if _is_missing(value) else value for value in row]
