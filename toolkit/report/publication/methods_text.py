"""The paragraph on methods: what a project is made of, how well people agreed, and what a baseline reaches, in numbers.

A sentence whose numbers are not there yet is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolkit.agreement.report_tables import bounded
from toolkit.errors import tally
from toolkit.report.contents import Report

_TEX: Final = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "α": r"$\alpha$",
    "–": "--",
}


def as_tex(text: str) -> str:
    r"""Return words as LaTeX shows them.

    Examples:
        >>> as_tex("50 % of a_b: α")
        '50 \\% of a\\_b: $\\alpha$'
    """
    return re.sub("|".join(map(re.escape, _TEX)), lambda found: _TEX[found[0]], text)


def methods(report: Report) -> str:
    """Return the paragraph."""
    return " ".join((*_corpus(report), *_answers(report), *_agreement(report), *_release(report), *_scores(report)))


def _corpus(report: Report) -> Iterator[str]:
    if report.corpus is None:
        return
    counts, months = report.corpus.counts, [month for month in report.corpus.months if month != "unknown"]
    dated = f", published from {months[0]} to {months[-1]}" if len(months) > 1 else ""
    sentences = f" They were cut into {tally(counts['sentences'], 'sentence')}." if counts["sentences"] else ""
    yield (
        f"The corpus holds {tally(counts['articles'], 'article')} ({tally(counts['stories'], 'story', 'stories')}) of "
        f"{tally(counts['publishers'], 'publisher')}{dated}; near-duplicate articles form one story.{sentences}"
    )


def _answers(report: Report) -> Iterator[str]:
    if report.progress is None:
        return
    people, coverage = report.progress.people, report.progress.coverage
    doubled = sum(number for answers, number in coverage.items() if int(answers) > 1)
    answered = sum(number for answers, number in coverage.items() if int(answers) > 0)
    spans = f" and {tally(len(report.spans), 'span label')}" if report.spans else ""
    labels = tally(len(report.labels.keys() - report.retired), "label")
    yield (
        f"{tally(len(people), 'annotator')} gave {tally(sum(person.answers for person in people), 'answer')} to "
        f"{tally(answered, 'sentence')} under the schema {report.schema} ({labels}{spans}); {doubled:,} of them were "
        "answered by two or more people."
    )
    if report.migrated:
        carried, again = report.migrated.get("carried", 0), report.migrated.get("asked again", 0)
        yield (
            f"The schema was changed while people worked: {tally(carried, 'answer')} to earlier versions of it were "
            f"carried over by rules, and {again:,} whose meaning only people could tell were asked for again."
        )
    if report.decisions:
        told = ", ".join(f"{number:,} by {method}" for method, number in report.decisions.items())
        yield f"{tally(sum(report.decisions.values()), 'sentence')} were decided: {told}."
        if answered > (number := sum(report.decisions.values())):
            yield f"{answered - number:,} answered ones have no decision."


def _agreement(report: Report) -> Iterator[str]:
    found = report.agreement or {}
    layers = [
        f"{_bounded(row['alpha'])} for {row['name']}" for row in found.get("layers", ()) if _is_known(row["alpha"])
    ]
    if layers:
        yield (
            f"Krippendorff's α, with 95 % intervals over articles, was {', '.join(layers)} "
            f"(intervals: {found['interval']})."
        )
    whole = next((row for row in found.get("spans", ()) if not row["label"] and _is_known(row["exact_f1"])), None)
    if whole is not None:
        yield (
            f"On spans the mean pairwise F1 was {_bounded(whole['exact_f1'])} for exact and "
            f"{_bounded(whole['overlap_f1'])} for overlapping boundaries."
        )


def _release(report: Report) -> Iterator[str]:
    if report.releases is None:
        return
    splits = ", ".join(f"{held['sentences']:,} {split}" for split, held in report.releases.splits.items())
    yield f"Release {report.releases.version} has {splits} sentences; no story is divided by a split."
    if report.releases.leakage is not None:
        exact, near = report.releases.leakage["exact"], report.releases.leakage["near"]
        yield f"{tally(exact, 'sentence')} of later splits occur word for word in earlier ones, and {near:,} nearly."


def _scores(report: Report) -> Iterator[str]:
    found = report.evaluation
    if found and _is_known(found["macro_f1"]):
        yield (
            f"A baseline ({found['baseline']}) reaches a macro F1 of {_bounded(found['macro_f1'])} and a micro F1 of "
            f"{_bounded(found['micro_f1'])} on {tally(found['rows'], 'sentence')} of {found['split']} "
            f"({tally(found['groups'], 'story', 'stories')})."
        )
        for row in found.get("falls", ()):
            if row["score"] == "macro_f1" and _is_known(row["fall"]):
                split = row["split"].replace("_", " ")
                yield f"Trained and tested {split} it falls by {_bounded(row['fall'])} to {_bounded(row['there'])}."
    yield f"All of it was made with toolkit {report.toolkit}."


def _is_known(estimate: Mapping[str, Any] | None) -> bool:
    return estimate is not None and estimate["value"] is not None


def _bounded(estimate: Mapping[str, Any]) -> str:
    return bounded(estimate["value"], estimate["low"], estimate["high"])
