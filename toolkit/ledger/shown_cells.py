"""A ledger in words: the cells of its claims, its tolls and its stories, for the terminal and the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

STORY_HEADER: Final = ("story", "articles", "claims", "tolls", "killed", "contradictions")
CLAIM_HEADER: Final = ("time", "who", "says", "figures", "links", "sentence", "id", "page")
TOLL_HEADER: Final = ("people", "acled", "low", "best", "high", "latest", "sources", "note", "sentences")

_IDS: Final[Mapping[str, str]] = MappingProxyType({})
_WORDS = 60
_ID = 8
_LINKS = ("denies", "denied_by", "confirms", "confirmed_by", "repeats")


def story_cells(story: Mapping[str, Any]) -> list[str]:
    """Return what is shown of a story, in the order of `STORY_HEADER`."""
    killed = [toll for toll in story["tolls"] if toll["harm"] == "killed"]
    return [
        story["story_id"][:_ID],
        str(story["articles"]),
        str(len(story["claims"])),
        str(len(story["tolls"])),
        ", ".join(_interval(toll) for toll in killed) or "–",
        str(story["contradictions"]),
    ]


def claim_cells(row: Mapping[str, Any], titles: Mapping[str, str] = _IDS) -> list[str]:
    """Return what is shown of a claim, in the order of `CLAIM_HEADER`; an empty cell where nothing is linked.

    Args:
        row: The claim.
        titles: Label → its title; a label that is not in it is shown by its id.
    """
    text = " ".join(row["text"].split())
    said = ", ".join(titles.get(act, act) for act in row["acts"]) or "(narrator)"
    return [
        (row["published_at"] or "no date")[:16],
        ", ".join(row["sources"]) or row["publisher"] or "–",
        said if row["probability"] is None else f"{said} ({row['probability']:.2f})",
        ", ".join(row["figures"]) + (" ≠" if row["contradicts"] else ""),
        "; ".join(_linked(row)),
        text if len(text) <= _WORDS else text[: _WORDS - 1] + "…",
        row["sentence_id"][:_ID],
        _page(row["from"]),
    ]


def _linked(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the links of a claim in words; with a question mark and the probability those that a model suggests."""
    for name in _LINKS:
        if row[name]:
            yield f"{name.replace('_', ' ')} {' '.join(each[:_ID] for each in row[name])}"
    for each in row.get("guessed", ()):
        yield f"{each['link'].replace('_', ' ')}? {each['sentence_id'][:_ID]} ({each['probability']:.2f})"


def toll_cells(row: Mapping[str, Any]) -> list[str]:
    """Return what is shown of a toll, in the order of `TOLL_HEADER`."""
    people = [str(row[name]).replace("_", " ") for name in ("harm", "status", "scope", "affected_party") if row[name]]
    notes = [each["words"] for each in row["corrections"]] + (["contradiction"] if row["contradiction"] else [])
    latest = _between(row["latest_low"], row["latest_high"])
    cells = [_number(row[name]) for name in ("acled", "low", "best", "high")]
    return [
        ", ".join(people) or "–",
        *cells[:3],
        cells[3] + ("+" if row["open"] else ""),
        latest,
        str(len(row["sources"])),
        "; ".join(notes),
        " ".join(dict.fromkeys(place["sentence_id"][:_ID] for place in row["low_from"] + row["high_from"])),
    ]


def _interval(toll: Mapping[str, Any]) -> str:
    return _between(toll["low"], toll["high"]) + ("+" if toll["open"] else "")


def _between(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "–"
    if low == high:
        return f"{low:,}"
    if high is None:
        return f"{low:,}+"
    return f"{_number(low)}–{high:,}"


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _page(places: Sequence[Mapping[str, Any]]) -> str:
    if not places:
        return "–"
    ranges = ",".join(f"{place['byte_start']}-{place['byte_end']}" for place in places)
    return f"{places[0]['page']}:{ranges}"
