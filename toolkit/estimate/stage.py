"""The stage estimate: gold.parquet and a model's suggestions → reports/estimate.json, reports/estimate.csv."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from toolkit.adjudicate.model_voice import PEOPLE_AND_MODELS
from toolkit.errors import InvalidInput, border
from toolkit.estimate.share_table import UNKNOWN, CorpusRow, ShareRow, csv_text, share_table
from toolkit.limits import whole_file
from toolkit.project.logs.suggestion_log import FORMER, LOG, SuggestionLog
from toolkit.project.stage import Made, ReportOutcome, derive_report
from toolkit.project.workspace import ARTICLES, GOLD, SENTENCES, Workspace
from toolkit.records import Article, Decision, Sentence, Suggestion, to_row

REPORT: Final = "reports/estimate.json"
TABLE: Final = "reports/estimate.csv"
ORDER: Final = "selection.jsonl"

Grouping = Literal["", "outlet", "month", "language", "story"]

_GROUPS: Final[Mapping[str, Callable[[Article], str]]] = {
    "": lambda article: "",
    "outlet": lambda article: article.publisher or UNKNOWN,
    "month": lambda article: (article.published_at or "")[:7] or UNKNOWN,
    "language": lambda article: article.language,
    "story": lambda article: article.story_id,
}


def estimate(
    workspace: Workspace,
    model: str,
    *,
    by: Grouping = "",
    labels: Sequence[str] = (),
    drawn: Path | None = None,
    also_shown: bool = False,
) -> ReportOutcome:
    """Estimate the share of each label in all sentences, into reports/estimate.json and reports/estimate.csv.

    What people answered after they saw a suggestion is left out: it may say what a model does. The share that was held
    back stands for them, since it was drawn by chance. Decisions that models had a vote in are no labels of people.

    Args:
        workspace: The project.
        model: Name of a model in the suggestion log.
        by: Also what to count apart: "outlet", "month", "language" or "story"; "" for the whole corpus.
        labels: Only these; default: all that can be given.
        drawn: A file of the sentences that were drawn at random, one sentence_id per line, or rows of `select`;
            default: selection.jsonl, or without one all labelled sentences.
        also_shown: Take sentences that people saw a suggestion on, too; the report says how many.

    Returns:
        The report: "model", "by", "notes", and "rows" with the fields of `ShareRow` and what it says.

    Raises:
        InvalidInput: Nothing is decided yet, or only on sentences that people saw a suggestion on; the model has no
            suggestion; or there is no such label.
    """
    schema = workspace.schema()
    known = [label.id for label in schema.active]
    if unknown := sorted(set(labels) - set(known)):
        raise InvalidInput(f"{schema.ref} has no label {unknown[0]!r}", remedy=f"name one of {', '.join(known)}")
    log = SuggestionLog(workspace)
    name = log.full_name(model)
    chosen = tuple(label for label in known if not labels or label in labels)

    def make() -> tuple[Made, Mapping[str, Any]]:
        rows, notes = _corpus(workspace, log.answers(name), by, drawn, also_shown=also_shown)
        table = share_table(rows, chosen)
        counts = {"sentences": len(rows), "labelled": sum(row.probability is not None for row in rows)}
        report = {"model": name, "by": by, "notes": notes, "rows": [_told(row) for row in table]}
        return Made({TABLE: csv_text(table).encode()}, counts), report

    order = workspace.path(ORDER) if drawn is None else drawn
    with workspace.lock():
        return derive_report(
            workspace.root,
            "estimate",
            REPORT,
            inputs=workspace.digests(ARTICLES, SENTENCES, GOLD, LOG, FORMER, str(order)),
            parameters={
                "model": name,
                "by": by,
                "labels": list(chosen),
                "schema": schema.digest,
                "also_shown": also_shown,
            },
            make=make,
        )


def _told(row: ShareRow) -> dict[str, Any]:
    return to_row(row) | {"said": row.said}


def _corpus(
    workspace: Workspace, answers: Mapping[str, Suggestion], by: Grouping, drawn: Path | None, *, also_shown: bool
) -> tuple[list[CorpusRow], list[str]]:
    """Return every sentence of the corpus, and what a reader of the shares should know."""
    articles = {article.article_id: article for article in workspace.stream(Article)}
    decisions = {each.sentence_id: each for each in workspace.stream(Decision) if each.method != PEOPLE_AND_MODELS}
    sentences = workspace.columns(Sentence, "sentence_id", "article_id")
    labelled = {sentence_id for sentence_id, _ in sentences if sentence_id in decisions}
    at_random, notes = _at_random(workspace, drawn, labelled)
    offered = {each.sentence_id: each.shown for each in SuggestionLog(workspace).offered()}
    shown = {name for name, seen in offered.items() if seen} & labelled
    notes += _notes(workspace, labelled, [sentence_id for sentence_id, _ in sentences], answers)
    notes += _swayed(shown, also_shown=also_shown)
    lost = set() if also_shown else shown
    sure = labelled - at_random - lost
    chances = _chances(at_random, lost, offered, len(sentences) - len(sure))
    rows = [
        CorpusRow(
            group=_GROUPS[by](articles[article_id]),
            story=articles[article_id].story_id,
            probability=1.0 if sentence_id in sure else chances.get(sentence_id),
            labels=decisions[sentence_id].labels if sentence_id in sure or sentence_id in chances else (),
            predicted=_predicted(answers.get(sentence_id)),
        )
        for sentence_id, article_id in sentences
    ]
    return rows, notes


def _chances(
    at_random: Collection[str], lost: Collection[str], offered: Mapping[str, bool | None], population: int
) -> dict[str, float]:
    """Return how probable it was that a sentence was drawn, and that people answered it without a suggestion.

    Of those that a suggestion was made for, the share that was held back stands for all of them.

    Args:
        at_random: Labelled sentences that were drawn at random.
        lost: Those that are left out, since a suggestion was shown on them.
        offered: Whether the suggestion for a sentence was shown.
        population: Sentences that they were drawn from.

    Raises:
        InvalidInput: All of them are left out.
    """
    with_one = [name for name in at_random if name in offered]
    held_back = sum(name not in lost for name in with_one) / len(with_one) if with_one else 1.0
    chance = len(at_random) / max(population, 1)
    found = {name: chance * (held_back if name in offered else 1.0) for name in at_random if name not in lost}
    if at_random and not found:
        raise InvalidInput(
            "people saw a suggestion on every labelled sentence that was drawn at random",
            remedy="hold some back (`held_back` in toolkit.yaml), or count them all the same with --also-shown",
        )
    return found


def _swayed(shown: Collection[str], *, also_shown: bool) -> list[str]:
    if not shown:
        return []
    number = f"{len(shown):,} of the labelled sentences"
    if also_shown:
        return [f"people saw a suggestion on {number}, which may have swayed them"]
    return [f"{number} are left out, since people saw a suggestion on them; --also-shown counts them"]


def _predicted(answer: Suggestion | None) -> dict[str, float]:
    """Return what a model says; its probabilities where it has some. A sentence without an answer has no label."""
    if answer is None:
        return {}
    return dict(answer.probabilities) or dict.fromkeys(answer.labels, 1.0)


def _at_random(workspace: Workspace, drawn: Path | None, labelled: set[str]) -> tuple[set[str], list[str]]:
    """Return which labelled sentences were drawn at random; the others were labelled for another reason."""
    path = workspace.path(ORDER) if drawn is None else drawn
    if drawn is None and not path.exists():
        what = "no selection.jsonl says which sentences were drawn at random: all labelled ones are taken to be"
        return labelled, [what]
    lines = [(number, line.strip()) for number, line in enumerate(_lines(path), start=1)]
    found = {_random_id(line, f"{path}:{number}") for number, line in lines if line}
    at_random = labelled & found
    if not at_random:
        raise InvalidInput(
            "no sentence that was drawn at random has a decision yet",
            where=str(path),
            remedy="label some of them, `toolkit pull` and `toolkit adjudicate`",
        )
    sure = len(labelled) - len(at_random)
    return at_random, [f"{len(at_random):,} labelled sentences were drawn at random, {sure:,} for another reason"]


def _lines(path: Path) -> list[str]:
    with border("can't be read as text", where=str(path), remedy="make it with `toolkit select`"):
        return whole_file(path).decode().splitlines()


def _random_id(line: str, where: str) -> str:
    """Return the sentence_id of a line, "" where it was chosen and not drawn."""
    if not line.startswith("{"):
        return line
    with border("holds no sentence_id", where=where, remedy="make the file with `toolkit select`"):
        row = json.loads(line)
        return str(row["sentence_id"]) if row.get("why", "random") == "random" else ""


def _notes(
    workspace: Workspace, labelled: set[str], sentences: Sequence[str], answers: Mapping[str, Suggestion]
) -> list[str]:
    notes = []
    disputed = {each.sentence_id for each in workspace.answers() if each.votes} & set(sentences) - labelled
    if disputed:
        notes.append(
            f"{len(disputed):,} answered sentences are not decided by people, and are unlike the others: "
            "decide them first (`toolkit adjudicate --push`)"
        )
    missing = len(set(sentences) - answers.keys())
    if missing:
        notes.append(f"the model has no answer to {missing:,} sentences, which count as without a label there")
    return notes
