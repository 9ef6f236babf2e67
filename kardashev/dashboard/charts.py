"""A frame becomes a chart. What strangers chose is data in it, never a field or a title."""

import altair as alt

from kardashev.dashboard.text import short, words

alt.data_transformers.disable_max_rows()  # a chart holds what a query returned, and queries count in SQL

HEIGHT = 260
LABEL = 22  # characters of a name; Vega itself would cut an emoji in two, which cannot be drawn
ROW = 22  # pixels of a row with a name before it
EVERY_NAME = alt.Axis(labelLimit=0, labelOverlap=False)
TWO = ["#1f6fb4", "#e08214"]
GOOD, BAD, QUIET = "#1f6fb4", "#c0392b", "#9aa5b1"
STATES = {
    ("final", "running"): [GOOD, "#e08214"],
    ("settled", "pending"): [GOOD, "#e08214"],
    ("binding", "free"): [BAD, GOOD],
    ("held", "broken"): [GOOD, BAD],
    ("long", "short"): [GOOD, BAD],
}


def lines(frame, y, x="era_date", by=None, detail=None, is_rank=False, kind="T"):
    """A line of y over x, one for each value of ``by``.

    Parameters
    ----------
    frame : DataFrame
    x, y, by, detail : str, columns; ``detail`` tells apart what has the same name
    is_rank : bool, whether the first place is on top
    kind : str, Altair's type of x
    """
    frame = _labelled(frame, by) if by else frame
    scale = alt.Scale(reverse=is_rank, zero=False)
    encodings = {"x": _x(x, kind), "y": alt.Y(f"{y}:Q", title=words(y), scale=scale)}
    if by:
        encodings["color"] = _color(by)
    if detail:
        encodings["detail"] = f"{detail}:N"
    columns = [column for column in (x, y, by, detail) if column]
    tooltip = [_tip(frame, column) for column in columns]
    return _sized(
        alt.Chart(frame[columns]).mark_line(point={"size": 18}).encode(**encodings, tooltip=tooltip)
    )


def many_lines(frame, columns, title, x="era_date"):
    """A line over x for each of the columns, in one chart; ``title`` is what all of them measure."""
    melted = frame.melt(id_vars=[x], value_vars=columns, var_name="figure", value_name="value")
    melted["figure"] = melted["figure"].map(words)
    order = [words(column) for column in columns]
    color = alt.Color("figure:N", sort=order, title=None, legend=_legend())
    return _sized(
        alt.Chart(melted)
        .mark_line(point={"size": 12})
        .encode(
            x=_x(x, "T"),
            y=alt.Y("value:Q", title=title),
            color=color,
            tooltip=[_tip(frame, x), alt.Tooltip("figure:N"), alt.Tooltip("value:Q", format=".5g")],
        )
    )


def areas(frame, columns, title, x="era_date"):
    """As `many_lines`, each filled down to zero."""
    melted = frame.melt(id_vars=[x], value_vars=columns, var_name="figure", value_name="value")
    melted["figure"] = melted["figure"].map(words)
    color = alt.Color("figure:N", title=None, scale=alt.Scale(range=TWO), legend=_legend())
    encodings = {"x": _x(x, "T"), "y": alt.Y("value:Q", title=title, stack=None), "color": color}
    return _sized(alt.Chart(melted).mark_area(opacity=0.45, line=True).encode(**encodings))


def bars(frame, x, y, by=None, kind="T", is_stacked=True):
    """Bars of y at each x, colored by a state."""
    stack = True if is_stacked else None
    encodings = {"x": _x(x, kind), "y": alt.Y(f"{y}:Q", title=words(y), stack=stack)}
    if by:
        encodings["color"] = _color(by, frame)
    columns = list(dict.fromkeys(column for column in (x, y, by) if column))
    tooltip = [_tip(frame, column) for column in columns]
    return _sized(alt.Chart(frame[columns]).mark_bar().encode(**encodings, tooltip=tooltip))


def ranked_bars(frame, name, value, by=None, most=25):
    """Bars to the right, one for each name, in the order of the rows: the first ``most``."""
    shown = _labelled(frame.head(most), name)
    columns = [column for column in (name, value, by) if column]
    encodings = {
        "x": alt.X(f"{value}:Q", title=words(value)),
        "y": alt.Y(f"{name}:N", title=None, sort=None, axis=EVERY_NAME),
        "tooltip": [_tip(frame, column) for column in columns],
    }
    if by:
        encodings["color"] = _color(by, frame)
    return _sized(
        alt.Chart(shown[columns]).mark_bar().encode(**encodings), max(90, ROW * len(shown))
    )


def histogram(frame):
    """Bars between low and high, of all models and of those at risk before them."""
    color = alt.Color("part:N", title=None, scale=alt.Scale(range=[QUIET, GOOD]), legend=_legend())
    tips = ["part:N", "low:Q", "high:Q", "models:Q"]
    return _sized(
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("low:Q", title="Score", bin="binned"),
            x2="high:Q",
            y=alt.Y("models:Q", stack=None, title="Models"),
            color=color,
            tooltip=tips,
        )
    )


def values_in_band(frame, low, high, value, middle=None, by=None):
    """Points of a value over a band from low to high; ``middle`` is a line in it."""
    base = alt.Chart(frame).encode(x=_x("era_date", "T"))
    band = base.mark_area(opacity=0.25, color=QUIET).encode(
        y=alt.Y(f"{low}:Q", title=words(value)), y2=f"{high}:Q"
    )
    points = base.mark_point(filled=True, size=36).encode(
        y=f"{value}:Q",
        color=_color(by, frame) if by else alt.value(GOOD),
        tooltip=[_tip(frame, column) for column in ("round_number", value, low, high)],
    )
    layers = [band, points]
    if middle:
        layers.insert(1, base.mark_line(color=QUIET, strokeDash=[4, 3]).encode(y=f"{middle}:Q"))
    return _sized(alt.layer(*layers))


def values_with_errors(frame, x, value, low, high, kind="T"):
    """Points of a value, each with a bar from low to high, and zero as a line."""
    base = alt.Chart(frame).encode(x=_x(x, kind))
    columns = (x, value, low, high)
    errors = base.mark_rule(color=QUIET).encode(
        y=alt.Y(f"{low}:Q", title=words(value)), y2=f"{high}:Q"
    )
    points = base.mark_point(filled=True, color=GOOD, size=36).encode(
        y=f"{value}:Q", tooltip=[_tip(frame, column) for column in columns]
    )
    zero = alt.Chart().mark_rule(color=QUIET).encode(y=alt.datum(0))
    return _sized(alt.layer(zero, errors, points, data=frame))


def figures_and_thresholds(frame):
    """Lines of figures, each with its threshold as a dashed line of its color."""
    color = alt.Color("figure:N", title=None, scale=alt.Scale(range=TWO), legend=_legend())
    base = alt.Chart(frame).encode(x=_x("era_date", "T"), color=color)
    tips = [_tip(frame, column) for column in ("round_number", "figure", "value", "threshold")]
    figures = base.mark_line(point={"size": 18}).encode(
        y=alt.Y("value:Q", title=None), tooltip=tips
    )
    thresholds = base.mark_line(strokeDash=[6, 4]).encode(y="threshold:Q")
    return _sized(alt.layer(thresholds, figures))


def heat_map(frame, x, y, value, kind="N", is_signed=False):
    """A cell for each x and y, colored by the value; signed values about zero."""
    frame = _labelled(_labelled(frame, x), y)
    scale = alt.Scale(scheme="redblue", domain=[-1, 1]) if is_signed else alt.Scale(scheme="blues")
    return _sized(
        alt.Chart(frame[[x, y, value]])
        .mark_rect()
        .encode(
            x=alt.X(f"{x}:{kind}", title=None, axis=EVERY_NAME),
            y=alt.Y(f"{y}:N", title=None, axis=EVERY_NAME),
            color=alt.Color(f"{value}:Q", title=words(value), scale=scale),
            tooltip=[_tip(frame, column) for column in (x, y, value)],
        ),
        max(160, ROW * frame[y].nunique()),
    )


def exposures(frame, most=40):
    """Exposures as points between their limits, the binding ones marked: the first ``most``."""
    shown = frame.head(most)
    base = alt.Chart(shown).encode(
        y=alt.Y("constraint_name:N", sort=None, title=None, axis=EVERY_NAME)
    )
    limits = base.mark_bar(opacity=0.3, color=QUIET, height=10).encode(
        x=alt.X("lower_limit:Q", title="Exposure"), x2="upper_limit:Q"
    )
    columns = ("constraint_name", "exposure", "lower_limit", "upper_limit", "state", "dual")
    points = base.mark_point(filled=True, size=50).encode(
        x="exposure:Q",
        color=_color("state", shown),
        tooltip=[_tip(shown, column) for column in columns],
    )
    return _sized(alt.layer(limits, points), max(120, ROW * len(shown)))


def scatter(frame, x, y, size, name):
    """A point for each row."""
    columns = (name, x, y, size)
    return _sized(
        alt.Chart(frame[list(columns)])
        .mark_circle(opacity=0.7, color=GOOD)
        .encode(
            x=alt.X(f"{x}:Q", title=words(x)),
            y=alt.Y(f"{y}:Q", title=words(y)),
            size=alt.Size(f"{size}:Q", title=words(size), legend=_legend()),
            tooltip=[_tip(frame, column) for column in columns],
        ),
    )


def _labelled(frame, name):
    """The frame with names short enough to stand at an axis, and different where the models are."""
    if frame[name].dtype.kind in "iufbM":
        return frame
    key = f"{name}_id" if f"{name}_id" in frame else name
    labels, taken = {}, set()
    for identity, full in zip(frame[key], frame[name], strict=True):
        if identity not in labels:
            cut = short(str(full), LABEL)
            label, count = cut, 1
            while label in taken:
                count += 1
                label = f"{cut} ({count})"
            taken.add(label)
            labels[identity] = label
    return frame.assign(**{name: [labels[identity] for identity in frame[key]]})


def _x(column, kind):
    title = None if column == "era_date" else words(column)
    return alt.X(f"{column}:{kind}", title=title, sort=None)


def _color(by, frame=None):
    present = set() if frame is None else set(frame[by].dropna())
    for states, colors in STATES.items():
        if present and present <= set(states):
            scale = alt.Scale(domain=list(states), range=colors)
            return alt.Color(f"{by}:N", title=None, scale=scale, legend=_legend())
    return alt.Color(f"{by}:N", title=None, legend=_legend())


def _legend():
    return alt.Legend(orient="bottom", labelLimit=0, columns=5)


def _tip(frame, column):
    kind = frame[column].dtype.kind
    if kind == "M":
        return alt.Tooltip(f"{column}:T", title=words(column))
    if kind in "iufb":
        return alt.Tooltip(f"{column}:Q", title=words(column), format=".5g" if kind == "f" else "")
    return alt.Tooltip(f"{column}:N", title=words(column))


def _sized(chart, height=HEIGHT):
    return chart.properties(width="container", height=height)
