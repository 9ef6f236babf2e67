"""Names chosen by strangers, where a browser, a spreadsheet or a page would take them for more than text."""

import html
import re

from kardashev.printing import visible

MARKDOWN = re.compile(
    r"([!-/:-@\[-`{-~])"
)  # ASCII punctuation: what CommonMark lets a backslash stand before
FORMULA = ("=", "+", "-", "@")
LONGEST = 60  # characters of a name in a heading or in a list of choices


def short(name, longest=LONGEST):
    """A name cut to so many characters."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def plain(text):
    """The text as Markdown that shows it as it is."""
    return MARKDOWN.sub(r"\\\1", text)


def sentence_with_code(text):
    """The text as Markdown that shows it as it is, but for commands between backticks."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return plain(text)
    return "".join(f"`{part}`" if place % 2 else plain(part) for place, part in enumerate(parts))


def escaped(value):
    """A value as HTML that shows it as it is."""
    return html.escape(str(value))


def csv(frame):
    """A frame as CSV in UTF-8, in which no cell is a formula to a spreadsheet.

    Text that would be one has an apostrophe before it, and every text is printable. Numbers stay as they are.
    """
    written = frame.copy()
    for name in written.columns:
        if written[name].dtype.kind not in "biufcmM":
            written[name] = written[name].map(_without_formula, na_action="ignore")
    return written.to_csv(index=False).encode()


def _without_formula(value):
    if not isinstance(value, str):
        return value
    shown = visible(value)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) else shown


def words(column):
    """A column's name as people read it: `at_risk_nmr` is `At risk, NMR`."""
    name = column.removesuffix("_nmr").replace("_", " ")
    for short_form in ("tc", "mpc", "swmm", "rms", "id"):
        name = re.sub(rf"\b{short_form}\b", short_form.upper(), name)
    name = name[:1].upper() + name[1:]
    return f"{name}, NMR" if column.endswith("_nmr") else name
