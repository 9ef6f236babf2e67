"""What people landed, on its way to a terminal: what would steer the terminal is made visible."""

import time

BAR = 30  # characters
SECONDS_DRAWN, SECONDS_SAID = 0.2, 10


def visible(text, kept=""):
    """The text with control characters, line breaks and marks of direction as their escapes, as ``\\x1b``.

    Parameters
    ----------
    text : str
    kept : str, characters that pass all the same
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in kept else c.encode("unicode_escape").decode() for c in text
    )


def aligned(heads, rows, is_text):
    """Lines of a table: numbers to the right, text to the left.

    Parameters
    ----------
    heads : list of str, or None for a table without them
    rows : list of sequences of str
    is_text : list of bool, one for each column
    """
    every = [*([heads] if heads else []), *rows]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(row, widths, is_text, strict=True)
        ).rstrip()
        for row in every
    ]


class VisibleStream:
    """A text stream that writes nothing but visible characters and line breaks."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        return self.stream.write(visible(text, kept="\n"))

    def redraw(self, line):
        """Write a line over the one that the terminal's cursor is in."""
        self.stream.write(f"\r{visible(line)}\x1b[K")  # K: less what is right of it
        self.stream.flush()

    def __getattr__(self, name):
        return getattr(self.stream, name)


class Progress:
    """How far a long command is: a bar on a terminal, elsewhere a line now and then.

    Parameters
    ----------
    total : int, of what is done one by one
    unit, other : str, what these are, and what is counted beside them, as ``files`` and ``refused``
    stream : VisibleStream
    clock : seconds
    """

    def __init__(self, total, unit, other, stream, clock=time.monotonic):
        self.total, self.unit, self.other = total, unit, other
        self.stream, self.clock = stream, clock
        self.is_drawn = stream.isatty()
        self.began = self.said = clock()

    def __call__(self, done, others):
        """Say that so many are done, and so many counted beside them; not each time."""
        now, is_last = self.clock(), done >= self.total
        if not is_last and now - self.said < (SECONDS_DRAWN if self.is_drawn else SECONDS_SAID):
            return
        self.said = now
        left = (now - self.began) / done * (self.total - done)
        line = f"{done:,} of {self.total:,} {self.unit}, {others:,} {self.other}, {left:.0f} s left"
        if not self.is_drawn:
            print(line, file=self.stream, flush=True)
            return
        full = BAR * done // self.total
        self.stream.redraw(f"[{'#' * full}{'.' * (BAR - full)}] {line}")
        if is_last:
            print(file=self.stream, flush=True)
