"""Plots as SVG that take their colours from the page; the same numbers give the same bytes.

matplotlib draws; `_clean` then drops its prolog, date and style sheet and turns inline styles into attributes, which a
page whose policy forbids inline styles may show and its style sheet may recolour, for light, dark and print. The
colours are Okabe & Ito's (2008), which people with any kind of colour blindness tell apart.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

from toolkit.records import Estimate
from toolkit.release.card.pictures import short

INK, MUTED, GRID = "#111111", "#666666", "#dddddd"
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#e69f00", "#009e73", "#cc79a7"
SERIES = (BLUE, ORANGE, GREEN, PINK)

_WIDTH = 7.2  # inches, at 72 points: the width of the page's column
_ROW = 0.29  # inches
_LONG = 34  # characters of a name that are drawn; its table has all of it


@dataclass(frozen=True)
class Plot:
    """A drawing, and a table with the same numbers.

    Attributes:
        title: What is shown.
        svg: The drawing.
        header: Of the table that says the same.
        rows: Of that table.
        note: How to read it.
        links: Of that table's cells, row by row: the part of the page that has its sentences; empty for none.
    """

    title: str
    svg: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    links: tuple[tuple[str, ...], ...] = ()


def chosen(**what: str) -> str:
    """Return the address, within the page, of the sentences for which this holds.

    Examples:
        >>> chosen(label="claim", source="The Coast Times")
        '#sentences?label=claim&source=The%20Coast%20Times'
    """
    return f"#sentences?{urlencode(what, quote_via=quote)}"


def bars(
    title: str,
    series: Mapping[str, Mapping[str, float]],
    *,
    unit: str,
    note: str = "",
    link: Callable[[str], str] | None = None,
) -> Plot:
    """Draw lying bars, one row per name; several series are stacked.

    Args:
        title: What is shown.
        series: Series → name → value; all have the same names.
        unit: What is counted.
        note: How to read it.
        link: Takes a name and returns where its sentences are; None: nowhere.
    """
    names = list(next(iter(series.values())))
    totals = [sum(values[name] for values in series.values()) for name in names]

    def draw(axes: Any) -> None:
        left = [0.0] * len(names)
        for colour, (label, values) in zip(SERIES, series.items(), strict=False):
            widths = [values[name] for name in names]
            drawn = axes.barh(range(len(names)), widths, left=left, height=0.68, color=colour, label=label)
            for name, bar in zip(names, drawn, strict=True):
                bar.set_url(link(name) if link else None)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        room = max([*totals, 1]) * 0.012
        for row, total in enumerate(totals):
            axes.text(total + room, row, f"{total:,.0f}", va="center", color=MUTED, fontsize=9)
        axes.set_xlim(0, max([*totals, 1]) * 1.12)
        _names_down(axes, names)
        axes.set_xlabel(unit)
        axes.xaxis.set_major_locator(_whole_numbers())
        _legend(axes, len(series))

    cells = tuple((name, *(f"{values[name]:,.0f}" for values in series.values())) for name in names)
    svg = _drawn(title, draw, height=_tall(len(names), len(series) > 1), grid="x")
    links = tuple((link(name),) for name in names) if link else ()
    return Plot(title, svg, ("", *series), cells, note, links)


def columns(title: str, values: Mapping[str, int], *, unit: str, note: str = "") -> Plot:
    """Draw upright bars along time."""
    names = list(values)

    def draw(axes: Any) -> None:
        axes.bar(range(len(names)), list(values.values()), width=0.8 if len(names) > 3 else 0.35, color=BLUE)
        step = max(1, len(names) // 9)
        shown = list(range(0, len(names), step))
        axes.set_xticks(shown, [names[place] for place in shown])
        axes.set_xlim(-0.7, max(len(names) - 0.3, 3.7 if len(names) < 4 else 0))
        axes.set_ylabel(unit)
        axes.yaxis.set_major_locator(_whole_numbers())

    cells = tuple((name, f"{number:,}") for name, number in values.items())
    return Plot(title, _drawn(title, draw, height=2.5, grid="y"), ("", unit), cells, note)


def forest(
    title: str,
    rows: Mapping[str, Sequence[Estimate]],
    *,
    series: Sequence[str],
    unit: str,
    guides: Sequence[float] = (),
    whole: bool = True,
    note: str = "",
) -> Plot:
    """Draw values with their intervals, one row per name, the series beside each other in it.

    Args:
        title: What is shown.
        rows: Name → one value per series.
        series: Names of the series.
        unit: What the axis measures.
        guides: Values at which a thin line stands.
        whole: Show all from 0 to 1, however far apart the values are.
        note: How to read it.
    """
    draw = _forest(rows, series=series, unit=unit, guides=guides, whole=whole)
    cells = tuple((name, *map(str, marks)) for name, marks in rows.items())
    svg = _drawn(title, draw, height=_tall(len(rows), len(series) > 1), grid="x")
    return Plot(title, svg, ("", *series), cells, note)


def forest_files(
    title: str,
    rows: Mapping[str, Sequence[Estimate]],
    *,
    series: Sequence[str],
    unit: str,
    guides: Sequence[float] = (),
) -> dict[str, bytes]:
    """Draw the same as files for a paper: ending → vector graphics, "svg" and "pdf", fonts embedded in the latter.

    Args:
        title: For programs that read the file aloud; it is not drawn.
        rows: Name → one value per series.
        series: Names of the series.
        unit: What the axis measures.
        guides: Values at which a thin line stands.
    """
    draw = _forest(rows, series=series, unit=unit, guides=guides, whole=True)
    found = {}
    with _figure(title, draw, height=_tall(len(rows), len(series) > 1), grid="x") as figure:
        for ending, facts in (("svg", {"Date": None, "Title": title}), ("pdf", {"CreationDate": None, "Title": title})):
            sink = io.BytesIO()
            figure.savefig(sink, format=ending, metadata=facts)
            found[ending] = sink.getvalue()
    return found


def _forest(
    rows: Mapping[str, Sequence[Estimate]],
    *,
    series: Sequence[str],
    unit: str,
    guides: Sequence[float],
    whole: bool,
) -> Callable[[Any], None]:
    shapes = ("o", "D", "s", "^")
    spread = 0.26 if len(series) > 1 else 0.0

    def draw(axes: Any) -> None:
        for guide in guides:
            axes.axvline(guide, color=MUTED, linewidth=0.9, linestyle=(0, (3, 3)))
        for place, (name, colour) in enumerate(zip(series, SERIES, strict=False)):
            shift = (place - (len(series) - 1) / 2) * spread
            marks = [(row + shift, marks[place]) for row, marks in enumerate(rows.values())]
            known = [(row, mark.value, mark) for row, mark in marks if mark.value is not None]
            for row, value, mark in known:
                low, high = (value if end is None else end for end in (mark.low, mark.high))
                axes.plot([low, high], [row, row], color=colour, linewidth=1.8, solid_capstyle="butt")
            axes.plot(
                [value for _, value, _ in known],
                [row for row, _, _ in known],
                shapes[place],
                color=colour,
                markersize=5.5,
                label=name,
            )
        _names_down(axes, list(rows))
        axes.set_xlabel(unit)
        if whole:
            _at_least_unit(axes)
        _legend(axes, len(series))

    return draw


def heat(
    title: str, rows: Sequence[str], names: Sequence[str], values: Mapping[tuple[str, str], float], **words: Any
) -> Plot:
    """Draw a grid of shaded cells with their values.

    Args:
        title: What is shown.
        rows: Names down.
        names: Names across.
        values: (row, name) → value; a cell without one stays empty.
        **words: `write`, which puts a value into words, `note`, and `link`, which takes a row and a name and returns
            where the sentences of their cell are.
    """
    from matplotlib.patches import Rectangle

    write: Callable[[float], str] = words["write"]
    link: Callable[[str, str], str] = words.get("link", lambda *_: "")
    note = words.get("note", "")
    most = max([*values.values(), 1e-9])

    def draw(axes: Any) -> None:
        for down, row in enumerate(rows):
            for across, name in enumerate(names):
                value = values.get((row, name))
                if value is None:
                    continue
                shade = 0.06 + 0.6 * value / most if value else 0.0
                url = (link(row, name) or None) if value else None
                box = Rectangle((across - 0.48, down - 0.46), 0.96, 0.92, facecolor=BLUE, alpha=shade, url=url)
                axes.add_patch(box)
                words = {"ha": "center", "va": "center", "color": INK, "fontsize": 8.5, "url": url}
                axes.text(across, down, write(value), **words)
        axes.set_xlim(-0.5, len(names) - 0.5)
        _names_down(axes, rows)
        axes.set_xticks(
            range(len(names)), [short(name, 30) for name in names], rotation=38, ha="left", rotation_mode="anchor"
        )
        axes.tick_params(axis="x", labeltop=True, labelbottom=False, pad=1, length=0)
        axes.spines["bottom"].set_visible(False)

    cells = tuple(
        (row, *(write(values[row, name]) if (row, name) in values else "–" for name in names)) for row in rows
    )
    svg = _drawn(title, draw, height=_tall(len(rows), True) + 1.0, grid=None)
    links = tuple(("", *(link(row, name) if values.get((row, name)) else "" for name in names)) for row in rows)
    return Plot(title, svg, ("", *names), cells, note, links)


def line(title: str, points: Sequence[tuple[float, Estimate]], *, across: str, unit: str, note: str = "") -> Plot:
    """Draw a curve with its interval as a band."""
    known = [(amount, mark) for amount, mark in points if mark.value is not None]

    def draw(axes: Any) -> None:
        amounts = [amount for amount, _ in known]
        low = [mark.value if mark.low is None else mark.low for _, mark in known]
        high = [mark.value if mark.high is None else mark.high for _, mark in known]
        axes.fill_between(amounts, low, high, color=BLUE, alpha=0.18, linewidth=0)
        axes.plot(amounts, [mark.value for _, mark in known], "o-", color=BLUE, linewidth=2, markersize=5)
        axes.set_xlabel(across)
        axes.set_ylabel(unit)
        axes.set_ylim(bottom=0)

    cells = tuple((f"{amount:,.0f}", str(mark)) for amount, mark in points)
    return Plot(title, _drawn(title, draw, height=3.0, grid="y"), (across, unit), cells, note)


def curves(
    title: str,
    series: Mapping[str, Sequence[tuple[float, Estimate]]],
    *,
    across: str,
    unit: str,
    diagonal: bool = False,
    note: str = "",
) -> Plot:
    """Draw curves in the unit square; a point with an interval gets a bar.

    Args:
        title: What is shown.
        series: Name → its points from left to right, four names at most.
        across: What the horizontal axis measures.
        unit: What the vertical axis measures.
        diagonal: Draw the line on which both are equal.
        note: How to read it.
    """

    def draw(axes: Any) -> None:
        if diagonal:
            axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (3, 3)))
        for (name, points), colour in zip(series.items(), SERIES, strict=False):
            known = [(at, mark.value, mark) for at, mark in points if mark.value is not None]
            for at, _, mark in known:
                if mark.low is not None and mark.high is not None:
                    axes.plot([at, at], [mark.low, mark.high], color=colour, linewidth=1.4, alpha=0.6)
            marker = "o-" if len(known) < 10 else "-"
            x, y = [at for at, _, _ in known], [value for _, value, _ in known]
            axes.plot(x, y, marker, color=colour, linewidth=2, markersize=4.5, label=short(name, 24))
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.04)
        axes.set_xlabel(across)
        axes.set_ylabel(unit)
        _legend(axes, max(len(series), 2))

    cells = tuple((name, f"{at:.2f}", str(mark)) for name, points in series.items() for at, mark in points)
    return Plot(title, _drawn(title, draw, height=3.4, grid="y"), ("", across, unit), cells, note)


def _whole_numbers() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=6, integer=True)


def _tall(rows: int, legend: bool) -> float:
    return 0.75 + _ROW * max(rows, 1) + (0.3 if legend else 0.0)


def _names_down(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [short(name, _LONG) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _at_least_unit(axes: Any) -> None:
    """Show 0 to 1, and what lies beyond where something does."""
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.0), max(min(high, 1.04), 1.02))


def _legend(axes: Any, series: int) -> None:
    if series > 1:
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1.0), ncols=series, frameon=False, labelcolor=INK, borderaxespad=0.2
        )


def _drawn(title: str, draw: Callable[[Any], None], *, height: float, grid: Literal["x", "y"] | None) -> str:
    """Return the drawing as SVG that takes its colours from a page."""
    sink = io.BytesIO()
    with _figure(title, draw, height=height, grid=grid) as figure:
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return _clean(sink.getvalue().decode(), title)


@contextmanager
def _figure(title: str, draw: Callable[[Any], None], *, height: float, grid: Literal["x", "y"] | None) -> Iterator[Any]:
    """Yield a drawing, to be saved within the block; names in it are text and never read as mathematics."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {
        "svg.hashsalt": title,  # ids are a function of it: no two plots of a page share one
        "svg.fonttype": "none",
        "pdf.fonttype": 42,  # letters stay letters
        "font.family": "DejaVu Sans",
        "font.size": 9.5,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "ytick.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "text.parse_math": False,
    }
    with mpl.rc_context(), warnings.catch_warnings():
        # the SVG holds letters, which the page's fonts draw; only their widths are guessed here
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        mpl.rcdefaults()  # whatever a user's matplotlibrc says
        mpl.rcParams.update(settings)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        figure.patch.set_visible(False)
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
        if grid:
            axes.grid(axis=grid)
        draw(axes)
        yield figure


_STYLE = re.compile(r' style="([^"]*)"')
_FONT = re.compile(r"^(?:[a-z]+ )*?(\d+(?:\.\d+)?)px .*$")


def _clean(svg: str, title: str) -> str:
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"<style.*?</style>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    used = set(re.findall(r"[#]([A-Za-z]\w+)[)\"]", body))
    body = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", body)  # plots would share them
    body = _STYLE.sub(_attributes, body)
    body = re.sub(r"<svg[^>]*?(viewBox=\"[^\"]*\")[^>]*>", _opening(title), body, count=1)
    return re.sub(r"\n\s*", "\n", body)


def _opening(title: str) -> str:
    label = html.escape(title).replace("\\", r"\\")
    return rf'<svg xmlns:xlink="http://www.w3.org/1999/xlink" \1 role="img" aria-label="{label}">'


def _attributes(match: re.Match[str]) -> str:
    parts = [part.partition(":") for part in html.unescape(match[1]).split(";") if part.strip()]
    found = []
    for name, _, value in parts:
        name, value = name.strip(), value.strip()
        if name == "font":  # no attribute; the family is the page's
            name, value = "font-size", _FONT.sub(r"\1", value)
        found.append(f' {name}="{html.escape(value)}"')
    return "".join(found)
