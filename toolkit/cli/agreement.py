"""`toolkit agreement`: how well annotators agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir, Resamples
from toolkit.cli.output import (
    interval,
    number,
    progress_bar,
    put,
    put_json,
    put_outcome,
    put_section,
    put_table,
    say_next,
)
from toolkit.errors import GateFailed, InvalidInput, UsageError

if TYPE_CHECKING:
    from toolkit.agreement.model_agreement.preannotation_effect import PreannotationEffect
    from toolkit.agreement.model_agreement.replacement import ReplacementReport
    from toolkit.agreement.structures.link_agreement import LinkAgreement, LinkUptake


class Annotators(StrEnum):
    """The kinds of annotators."""

    experts = "experts"
    trained = "trained"
    crowd = "crowd"


_NO_WORDS: Mapping[str, str] = MappingProxyType({})


def agreement(
    project: ProjectDir = None,
    as_json: Json = False,
    seed: Annotated[int | None, typer.Option(hidden=True, help="Not used: no interval is drawn.")] = None,
    resamples: Resamples = None,
    gate: Annotated[
        str | None,
        typer.Option(metavar="alpha=X", help="Exit 4 unless the lower bound of every layer's α is at least X."),
    ] = None,
    rounds: Annotated[
        list[str] | None,
        typer.Option(
            "--round", metavar="NAME=FILE", help="Also measure the sentence_ids of this file alone; may be repeated."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the whole report as an HTML page.")
    ] = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Also show all intervals, spans, fields, people, pairs and disputed sentences."),
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Say instead if a model that `suggest` asked may stand in for a person: llm, a file, or its name.",
        ),
    ] = None,
    annotators: Annotated[
        Annotators, typer.Option(help="With --model: what the people are, which sets the price of an answer.")
    ] = Annotators.trained,
) -> None:
    """Measure how well annotators agree, with intervals over articles.

    Example: toolkit agreement --gate alpha=0.667
    """
    least = _threshold(gate)
    opened = Project.find(project)
    if model is not None:
        put_replacement(opened.replacement(model, annotators=annotators.value), as_json=as_json)
        say_next("`toolkit agreement` measures the people alone; `toolkit report` has both")
        return
    round_of = _round_of(opened, rounds or ())
    with progress_bar("agreement"):
        outcome = opened.agreement(rounds=round_of)
    report = outcome.report
    effect, linked = opened.preannotation_effect(), opened.link_agreement()
    if html is not None:
        opened.agreement_page(html)
    if as_json:
        about = {"stage": outcome.stage, "counts": outcome.counts, "up_to_date": outcome.up_to_date, "report": report}
        put_json(
            about
            | {
                "head_start": effect,
                "links": linked,
                "link_suggestions": opened.link_uptake(),
                "link_quiz": opened.link_quiz_scores(),
            }
        )
    else:
        put_outcome(outcome, as_json=False)
        first = [each["sentence_id"] for each in report["disputed"][:_SHOWN]] if full and report["doubled"] else []
        put_report(report, full=full, words=opened.words(first))
        if effect is not None:
            put_head_start(effect)
        put_links(linked)
        put_uptake(opened.link_uptake())
        scores = opened.link_quiz_scores().items()
        put_section(("quiz of links", "right"), [[who, f"{each.correct} of {each.answered}"] for who, each in scores])
    say_next("`toolkit adjudicate` decides; `toolkit agreement --html FILE` writes this as a page")
    if least is not None:
        _hold_gate(report["layers"], least)


def put_uptake(found: LinkUptake | None) -> None:
    """Say how many suggested links people drew where they saw them, and where they did not."""
    if found is not None:
        where = (("shown", found.shown), ("in the hold-out", found.held_out))
        put_section(
            ("suggested links", "links", "drawn by people"),
            [[name, f"{each.n or 0:,}", str(each)] for name, each in where],
        )


def _threshold(gate: str | None) -> float | None:
    if gate is None:
        return None
    name, _, value = gate.partition("=")
    try:
        threshold = float(value)
    except ValueError:
        threshold = -1.0
    if name != "alpha" or not 0 <= threshold <= 1:
        raise UsageError(f"--gate {gate!r} is not alpha=X with X from 0 to 1", remedy="write --gate alpha=0.667")
    return threshold


def _round_of(opened: Project, rounds: Iterable[str]) -> dict[str, str]:
    """Return the round of each sentence that is in one."""
    found: dict[str, str] = {}
    faults: list[InvalidInput] = []
    for given in rounds:
        name, _, file = given.partition("=")
        if not name or not file:
            raise UsageError(f"--round {given!r} is not NAME=FILE", remedy="write --round pilot=pilot.jsonl")
        for sentence_id in opened.sentence_ids(Path(file)):
            other = found.setdefault(sentence_id, name)
            if other != name:
                faults.append(InvalidInput(f"is in the rounds {other} and {name}", where=f"sentence {sentence_id}"))
    if faults:
        raise InvalidInput.all_of(faults)
    return found


def _hold_gate(layers: list[dict[str, Any]], least: float) -> None:
    failed = [row["name"] for row in layers if row["alpha"]["low"] is None or row["alpha"]["low"] < least]
    if failed:
        raise GateFailed(
            f"the lower bound of α is below {least:g}, or undefined, for {', '.join(failed)}",
            remedy="look at what people disagree on with `toolkit agreement --full`, and sharpen the guidelines",
        )


_SHOWN = 20  # disputed sentences that are printed


def put_report(report: Mapping[str, Any], *, full: bool, words: Mapping[str, str] = _NO_WORDS) -> None:
    """Print a report, with the interval of α; in full with the interval of every value.

    Args:
        report: As reports/agreement.json has it.
        full: Also spans, attributes, annotators, pairs and the sentences that people disagree on most.
        words: The words that stand beside the ids of these sentences.
    """
    from toolkit.agreement import report_tables

    if not report["doubled"]:
        put(report_tables.alone(report))
        return
    texts = {name: f"{name}  {beginning}" for name, beginning in words.items()}
    cut = {**report, "disputed": report["disputed"][:_SHOWN]}
    first, *others = report_tables.full_tables(cut, texts) if full else report_tables.brief_tables(report)
    put_table(first.header, first.rows)
    what = " in brackets" if full else " of α"
    put(report_tables.method(report, what) + ("" if full else "; `--full` has those of the other values"))
    for table in others:
        put_section(table.header, table.rows)
    if full and len(report["disputed"]) > _SHOWN:
        put(f"… and {len(report['disputed']) - _SHOWN:,} more; --json has all of them")
    shown = [*report["layers"], *report["labels"]]
    shown += [*report["tokens"], *report["attributes"], *report["pairs"]] if full else []
    reasons = report_tables.undefined(shown)
    if reasons:
        put("\n".join(["", *reasons]))


def put_replacement(report: ReplacementReport, *, as_json: bool) -> None:
    """Print whether a model may stand in for a person, question by question."""
    if as_json:
        put_json({"verdict": report.verdict, "replacement": report})
        return
    rows = [
        [
            f"{row.kind} {row.name}".strip(),
            f"{row.sentences:,}",
            str(row.winning_rate),
            str(row.advantage_probability),
            "yes" if row.passed else f"{row.missing} missing" if row.missing else "no",
        ]
        for row in report.rows
    ]
    put_table(("question", "sentences", "winning rate", "advantage probability", "may stand in"), rows)
    put("")
    put(report.verdict)
    put(
        f"ε = {report.epsilon:g} ({report.annotators}); {report.sentences:,} sentences that no suggestion could have "
        f"swayed, {report.unanswered:,} of them without an answer of the model; {report.swayed:,} others left out"
    )


def put_links(found: Iterable[LinkAgreement]) -> None:
    """Print how well people agree on links between sentences, over the pairs that they could have linked."""
    rows: list[list[str]] = []
    recalled: list[list[str]] = []
    for each in found:
        counts = (each.pairs, each.drawn, each.disputed)
        rows.append([each.link, *(f"{count:,}" for count in counts), str(each.alpha), str(each.f1)])
        recalled += ([each.link, who, str(share)] for who, share in each.recall.items() if share.n)
    put_section(("links between sentences", "pairs", "drawn", "disputed", "α", "F1 between people"), rows)
    put_section(("recall of each other's links", "person", "of what others drew"), recalled)


def put_head_start(report: PreannotationEffect) -> None:
    """Print what suggestions did to the answers."""
    rows = [
        [
            each.name,
            number(each.shown),
            number(each.held_back),
            number(each.difference.value),
            interval({"low": each.difference.low, "high": each.difference.high}),
        ]
        for each in report.measures
    ]
    put_section(("with and without suggestions", "shown", "held out", "difference", "95 % interval"), rows)
    put(
        f"{report.answers_shown:,} answers to {report.sentences_shown:,} sentences with a suggestion, "
        f"{report.answers_held_back:,} to {report.sentences_held_back:,} whose suggestion was held out"
    )
