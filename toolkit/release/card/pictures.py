"""The card's pictures: how often each label occurs in each split, and how well the annotators agree.

SVG by matplotlib, with fixed ids and without a date: the same numbers give the same bytes with the same version of
matplotlib. Colours are those of Okabe & Ito (2008), which people with any kind of colour blindness tell apart; the
background is white, since a card is read in light and in dark.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolkit.agreement.report_tables import questions
from toolkit.release.card.facts import Facts

FOLDER: Final = "pictures"
PREVALENCE: Final = f"{FOLDER}/prevalence.svg"
AGREEMENT: Final = f"{FOLDER}/agreement.svg"

_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
_INK, _MUTED = "#111111", "#888888"
_WIDTH, _ROW, _MARGIN = 7.2, 0.34, 0.9  # inches
_LEFT = 0.3  # share of the width that the names take
_LONGEST = 32  # characters of a name that are drawn; the card's tables have all of it
_SETTINGS: Final[Mapping[Any, Any]] = {
    "svg.hashsalt": "toolkit",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,
}


def write_pictures(folder: Path, facts: Facts) -> dict[str, str]:
    """Draw what there are numbers for.

    Args:
        folder: The release.
        facts: Where the numbers come from.

    Returns:
        Path within the release → what the picture shows.
    """
    drawn: dict[str, tuple[str, bytes]] = {}
    labels = [label.id for label in facts.schema.labels if not label.retired]
    if labels:
        drawn[PREVALENCE] = ("Share of the sentences with each label, by split", _prevalence(facts, labels))
    rows = questions(facts.agreement)
    if any(row["alpha"]["value"] is not None for row in rows):
        drawn[AGREEMENT] = ("Krippendorff's α of each label and layer, with its 95 % interval", _agreement(rows))
    for name, (_, data) in drawn.items():
        (folder / FOLDER).mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return {name: title for name, (title, _) in drawn.items()}


def _prevalence(facts: Facts, labels: Sequence[str]) -> bytes:
    height = 0.8 / len(facts.shares)

    def draw(axes: Any) -> None:
        for place, (split, share) in enumerate(facts.shares.items()):
            shares = [100 * share["labels"][label] / share["sentences"] for label in labels]
            at = [row + (place - (len(facts.shares) - 1) / 2) * height for row in range(len(labels))]
            axes.barh(at, shares, height=height, color=_COLOURS[place % len(_COLOURS)], label=split)
        axes.set_xlabel("% of the sentences")
        axes.set_xlim(left=0)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(facts.shares), frameon=False)

    return _svg(labels, draw)


def _agreement(rows: Sequence[Mapping[str, Any]]) -> bytes:
    lowest = min(row["alpha"][key] or 0 for row in rows for key in ("value", "low"))

    def draw(axes: Any) -> None:
        for place, row in enumerate(rows):
            value, low, high = (row["alpha"][key] for key in ("value", "low", "high"))
            if value is None:
                axes.text(0.01, place, "undefined", va="center", color=_MUTED)
                continue
            if low is not None and high is not None:
                axes.plot([low, high], [place, place], color=_COLOURS[0], linewidth=2)
            axes.plot([value], [place], marker="o", color=_COLOURS[0], markersize=5)
        for border in (0.667, 0.8):  # tentative and good reliability (Krippendorff 2004, p. 241)
            axes.axvline(border, color=_MUTED, linewidth=0.8, linestyle=":")
        axes.set_xlabel("Krippendorff's α; dotted: .667 and .8")
        axes.set_xlim(min(0, lowest) - 0.02, 1.02)

    return _svg([str(row["name"]) for row in rows], draw)


def _svg(names: Sequence[str], draw: Callable[[Any], None]) -> bytes:
    """Return a chart with a row for each name, the first on top, as SVG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    height = _MARGIN + _ROW * len(names)
    sink = io.BytesIO()
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever a user's matplotlibrc says
        mpl.rcParams.update(_SETTINGS)
        figure = Figure(figsize=(_WIDTH, height), facecolor="white")
        canvas: Any = FigureCanvasSVG(figure)
        # placed by hand: an automatic layout depends on how text is measured
        bottom = 0.5 * _MARGIN / height
        axes = figure.add_axes((_LEFT, bottom, 0.98 - _LEFT, _ROW * len(names) / height))
        draw(axes)
        axes.set_yticks(range(len(names)), [short(name) for name in names], color=_INK)
        axes.set_ylim(len(names) - 0.5, -0.5)
        canvas.print_svg(sink, metadata={"Date": None, "Creator": None})
    return sink.getvalue()


def short(name: str, most: int = _LONGEST) -> str:
    """Return a name, cut in its middle to so many characters: names of one kind often differ at their end alone.

    Examples:
        >>> short("harm to civilians, reported by police", 23)
        'harm to civilia… police'
    """
    end = most // 3
    return name if len(name) <= most else f"{name[: most - end - 1]}…{name[len(name) - end :]}"
