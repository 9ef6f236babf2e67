"""A table, the chart of it, and the words beside them."""

from dataclasses import dataclass

import altair as alt
import pandas as pd


@dataclass(frozen=True)
class View:
    """What is shown of one thing.

    Parameters
    ----------
    title : str
    note : str, how to read it; Markdown without names
    frame : DataFrame, the table
    chart : Altair chart, or None
    nothing : str, what is said where the table has no rows
    opens : str, the page that a row opens, which has a column of its name with `_id`; or None
    is_history : bool, whether the rows stand in the order of time
    """

    title: str
    note: str
    frame: pd.DataFrame
    chart: alt.TopLevelMixin | None = None
    nothing: str = "There is nothing of this kind yet."
    opens: str | None = None
    is_history: bool = False

    @property
    def table(self):
        """The rows in the order that people read them in: of a history, the newest first."""
        return self.frame.iloc[::-1] if self.is_history else self.frame


def view(title, note, frame, chart=None, **options):
    """A `View`; its chart is drawn by the function ``chart`` from the frame, unless that is empty."""
    drawn = chart(frame) if chart is not None and not frame.empty else None
    return View(title, note, frame, drawn, **options)
