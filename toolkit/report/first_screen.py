"""The first screen of the report: how far the work is, how good it is, and what comes next, before any chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.errors import tally
from toolkit.report.agreement_sections import estimate
from toolkit.report.contents import Report


@dataclass(frozen=True)
class Answer:
    """A question of whoever opens the report, and its answer.

    Attributes:
        question: Its heading.
        said: Sentences.
        commands: What to type, each with what it does.
    """

    question: str
    said: tuple[str, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()


def first_screen(report: Report) -> tuple[Answer, ...]:
    """Return the answers to "how far", "how good" and "what next"."""
    good = tuple(_good(report)) or ("Not known yet: it takes answers of two people to the same sentences.",)
    return (
        Answer("How far", tuple(_far(report))),
        Answer("How good", good),
        Answer("What next", commands=tuple(_next(report))),
    )


def _far(report: Report) -> Iterator[str]:
    if report.corpus is None:
        yield "No page has been read yet."
        return
    counts = report.corpus.counts
    total = counts["sentences"]
    yield (
        f"{tally(total, 'sentence')} of {tally(counts['articles'], 'article')}, which tell "
        f"{tally(counts['stories'], 'story', 'stories')}."
    )
    if report.progress is not None:
        answered = sum(number for answers, number in report.progress.coverage.items() if answers != "0")
        people = tally(len(report.progress.people), "person has", "people have")
        yield f"{people} answered {answered:,} of them ({answered / max(total, 1):.0%})."
    if report.decisions is not None:
        decided = sum(report.decisions.values())
        yield f"{decided:,} {'is' if decided == 1 else 'are'} decided ({decided / max(total, 1):.0%})."
    if report.releases is not None:
        rows = sum(split["sentences"] for split in report.releases.splits.values())
        yield f"Release {report.releases.version} holds {rows:,}."


def _good(report: Report) -> Iterator[str]:
    layers = {row["name"]: row for row in (report.agreement or {}).get("layers", ())}
    if layers:
        measured = estimate((layers.get("all") or next(iter(layers.values())))["alpha"])
        if measured.value is not None:
            yield f"Annotators agree with α = {measured} on the labels of a sentence: {_reading(measured.low)}."
    if report.evaluation is not None:
        judged = report.evaluation
        rows, parts = tally(judged["rows"], "sentence"), judged.get("slices", ())
        known = sum(part["rows"] for part in parts if part["column"] == "training" and part["value"] != "new")
        unseen = f"of stories that it has not seen; {known:,} of them repeat a sentence of the training, which flatters"
        yield (
            f"The baseline {judged['model']} reaches macro F1 {estimate(judged['macro_f1'])} on {rows} "
            f"{unseen if known else 'that it has not seen'}."
        )


def _reading(low: float | None) -> str:
    """Read the lower bound of α by Krippendorff's thresholds (2018, Content Analysis, 4th ed., ch. 12)."""
    if low is None:
        return "too few sentences to say how sure that is"
    if low >= 0.8:
        return "reliable"
    return "good for tentative conclusions" if low >= 0.667 else "too low to rely on yet"


def _next(report: Report) -> Iterator[tuple[str, str]]:
    for command in list(dict.fromkeys(report.missing.values()))[:3]:
        yield command, _MAKES.get(command, "is the next stage")
    if report.missing:
        return
    if report.disagreement is not None and report.disagreement.causes:
        waiting = tally(report.disagreement.causes, "sentence")
        yield "toolkit adjudicate --push", f"asks an expert about {waiting} that people disagree on"
    if report.overtaken:
        yield "toolkit adjudicate --afresh", f"re-decides {tally(report.overtaken, 'sentence')} by today's answers"
    if report.evaluation is None:
        yield "toolkit evaluate", "scores the newest model on the test split"
    yield "toolkit select", "ranks what to label next, and says what more labels would add"
    if report.releases is not None:
        yield f"toolkit publish {report.releases.version} --repo OWNER/NAME", "publishes the release"


_MAKES = {
    "toolkit ingest": "reads the pages",
    "toolkit segment": "cuts the articles into sentences",
    "toolkit pull": "fetches the answers, once people have labelled what `toolkit push` sent",
    "toolkit agreement": "measures how well annotators agree",
    "toolkit adjudicate": "decides what the answers agree on",
    "toolkit build 1.0.0": "freezes a release",
    "toolkit train": "trains a baseline",
}
"""Command that makes a part of the report → what it does."""
