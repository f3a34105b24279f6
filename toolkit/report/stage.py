"""The stage report: every file of a project → one HTML page, and its numbers as data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from toolkit import release
from toolkit.adjudicate.stage import WOULD_CHANGE
from toolkit.agreement.known_answers import KnownScore
from toolkit.agreement.stage import hidden_scores, preannotation_effect
from toolkit.ingest.stage import survey
from toolkit.ingest.survey import FileSurvey
from toolkit.labelstudio.task_links import task_links
from toolkit.ledger.stage import LEDGER
from toolkit.project import Workspace, write_atomic
from toolkit.project.stage import read_lock
from toolkit.project.workspace import AGREEMENT, ARTICLES, GOLD, INGESTED, QUEUE, REJECTS, SENTENCES
from toolkit.records import Annotation, Decision, latest
from toolkit.report.contents import (
    AnnotatorWork,
    Breakdown,
    Disagreement,
    LabellingWork,
    Origin,
    Releases,
    Report,
    SentenceTable,
)
from toolkit.report.html_document import ingest_page, report_page
from toolkit.report.sentence_table import SHOWN, Texts, sentence_rows
from toolkit.schema import Schema
from toolkit.version import __version__

PAGE = "reports/report.html"
NOTHING = "(nothing)"
_GROUPS = 12  # publishers or months that stand for themselves; the rest is "other"


def write_report(workspace: Workspace, output: Path | None = None) -> tuple[Path, Report]:
    """Read the project, render the page and write it; the same project gives the same bytes.

    Args:
        workspace: The project; nobody else may be at work on it.
        output: Where to write; default: reports/report.html.

    Returns:
        Where it is, and what it says.

    Raises:
        Locked: Another command is at work on the project.
        InvalidInput: A file of the project is damaged.
    """
    path = output or workspace.path(PAGE)
    with workspace.lock():
        report = project_report(workspace)
        write_atomic(path, report_page(report))
    return path, report


def write_ingest_report(workspace: Workspace) -> tuple[Path, list[FileSurvey]]:
    """Write the page on what became of each file of pages.

    Returns:
        Where it is, and what it says.

    Raises:
        InvalidInput: Nothing was ingested yet.
    """
    files = survey(workspace)
    path = workspace.path("reports/ingest.html")
    write_atomic(path, ingest_page(files, json.loads(workspace.path(INGESTED).read_bytes())))
    return path, files


def project_report(workspace: Workspace, *, shown: int = SHOWN) -> Report:
    """Return the report of a project; a part whose stage has not run is left out and named in `missing`.

    Args:
        workspace: The project.
        shown: Sentences that the table may hold; of more it holds a deterministic sample.

    Raises:
        InvalidInput: A file that is there is damaged.
    """
    schema = workspace.schema()
    texts = Texts.of(workspace) if workspace.path(ARTICLES).exists() else None
    has_sentences = texts is not None and workspace.path(SENTENCES).exists()
    answers = latest(workspace.answers())
    decisions = workspace.decisions() if workspace.path(GOLD).exists() else None
    agreement = _json_file(workspace.path(AGREEMENT))
    models = {
        path.parent.name: json.loads(path.read_bytes()) for path in sorted(workspace.root.glob("models/*/metrics.json"))
    }
    releases = _releases(workspace)
    known = {
        "corpus": (texts, "toolkit ingest"),
        "sentences": (has_sentences or None, "toolkit segment"),
        "progress": (answers or None, "toolkit pull"),
        "agreement": (agreement, "toolkit agreement"),
        "decisions": (decisions, "toolkit adjudicate"),
        "releases": (releases, "toolkit build 1.0.0"),
        "baselines": (models or None, "toolkit train"),
    }
    return Report(
        title=workspace.config.release.title,
        schema=f"{schema.name}@{schema.version}",
        toolkit=__version__,
        labels={label.id: label.title for label in schema.labels},
        retired=tuple(label.id for label in schema.labels if label.retired),
        spans={span.id: span.title for span in schema.spans},
        migrated=_migrated(workspace),
        corpus=None if texts is None else _corpus(workspace, texts),
        progress=_progress(answers, texts.sentence_count if texts else 0, hidden_scores(workspace))
        if answers
        else None,
        prevalence=_prevalence(decisions, schema, texts) if decisions and texts else None,
        agreement=agreement,
        disagreement=_disagreement(workspace, answers) if answers else None,
        head_start=preannotation_effect(workspace) if has_sentences else None,
        shares=_json_file(workspace.path("reports", "estimate.json")),
        ledger=_json_file(workspace.path(LEDGER)),
        decisions=None if decisions is None else _counted(decision.method for decision in decisions),
        overtaken=read_lock(workspace.root).get("adjudicate", {}).get("counts", {}).get(WOULD_CHANGE, 0),
        releases=releases,
        models=models,
        evaluation=_json_file(workspace.path("reports", "evaluation.json")),
        curves=tuple((_json_file(workspace.path("reports", "learning_curve.json")) or {}).get("curves", ())),
        table=_table(workspace, texts, answers, decisions or (), shown) if texts and has_sentences else None,
        missing={name: command for name, (part, command) in known.items() if part is None},
    )


def _migrated(workspace: Workspace) -> dict[str, int]:
    """Count what became of the answers to earlier versions of the schema; an answer that came through several, once."""
    rows = [row for row in workspace.annotations.rows() if "migration" in row]
    carried = {row["annotation"]["annotation_id"] for row in rows if row["event"] == "revision"}
    again = {row["annotation_id"] for row in rows if row["event"] == "tombstone"}
    return {"carried": len(carried - again), "asked again": len(again)} if rows else {}


def _json_file(path: Path) -> Any:
    """Return a JSON file of another stage as data; None where there is none yet."""
    return json.loads(path.read_bytes()) if path.exists() else None


def _table(
    workspace: Workspace, texts: Texts, answers: Sequence[Annotation], decisions: Sequence[Decision], shown: int
) -> SentenceTable:
    experts, links = [*workspace.expert_answers()], task_links(workspace)
    rows, number = sentence_rows(texts, answers, experts, decisions, shown=shown, links=links)
    sampled = None
    if number < texts.sentence_count:
        sampled = (
            f"{number:,} of {texts.sentence_count:,} sentences: those with an answer or a decision first, then whole "
            "articles, in the order of their content ids, which is as good as random and the same every time"
        )
    return SentenceTable(total=texts.sentence_count, shown=number, sampled=sampled, rows=rows)


def _corpus(workspace: Workspace, texts: Texts) -> Origin:
    reasons: Counter[str] = Counter()
    unreadable = []
    if workspace.path(REJECTS).exists():
        with workspace.path(REJECTS).open(encoding="utf-8") as file:
            for reject in map(json.loads, file):
                if reject["reason"] == "unreadable":
                    unreadable.append(str(reject["source"]))
                else:
                    reasons[str(reject["reason"])] += 1
    months = Counter(article.month for article in texts.articles)
    return Origin(
        counts={
            "articles": len(texts.articles),
            "stories": len({article.story_id for article in texts.articles}),
            "sentences": texts.sentence_count,
            "publishers": len({article.publisher for article in texts.articles if article.publisher}),
            "lines cut from pages": reasons.total(),
        },
        publishers=_counted(article.source for article in texts.articles),
        languages=_counted(article.language for article in texts.articles),
        months=dict(sorted(months.items())),
        rejects=_ordered(reasons),
        unreadable=tuple(unreadable),
    )


def _progress(answers: Sequence[Annotation], sentences: int, known: Mapping[str, KnownScore]) -> LabellingWork:
    by_person: dict[str, list[Annotation]] = {}
    for answer in answers:
        by_person.setdefault(answer.annotator, []).append(answer)
    given = Counter(answer.sentence_id for answer in answers if not answer.skipped)
    coverage = Counter(given.values())
    if sentences > len(given):
        coverage[0] = sentences - len(given)
    days = Counter(answer.created_at[:10] for answer in answers)
    people = (replace(_person(name, mine), known=known.get(name)) for name, mine in by_person.items())
    return LabellingWork(
        people=tuple(sorted(people, key=lambda person: (-person.answers, person.annotator))),
        coverage={str(number): coverage[number] for number in range(max(coverage, default=0) + 1)},
        days=dict(sorted(days.items())),
    )


def _person(annotator: str, answers: Sequence[Annotation]) -> AnnotatorWork:
    times = [answer.lead_time for answer in answers if answer.lead_time is not None and not answer.skipped]
    days = sorted(answer.created_at[:10] for answer in answers)
    skipped = sum(answer.skipped for answer in answers)
    return AnnotatorWork(
        annotator, len(answers) - skipped, skipped, round(median(times), 1) if times else None, days[0], days[-1]
    )


def _prevalence(decisions: Sequence[Decision], schema: Schema, texts: Texts) -> Breakdown:
    labels = Counter(label for decision in decisions for label in decision.labels)
    cells: dict[str, dict[str, Counter[str]]] = {"source": {}, "month": {}}
    sizes: dict[str, Counter[str]] = {"source": Counter(), "month": Counter()}
    for decision in decisions:
        article = texts.article_of(decision.sentence_id)
        if article is None:
            continue
        for kind, group in (("source", article.source), ("month", article.month)):
            sizes[kind][group] += 1
            cells[kind].setdefault(group, Counter()).update(decision.labels)
    groups = {kind: _folded(sizes[kind], cells[kind], by_name=kind == "month") for kind in sizes}
    known = [label.id for label in schema.labels if not label.retired or labels[label.id]]
    return Breakdown(
        decided=len(decisions),
        labels={label: labels[label] for label in known},
        groups=groups,
        cells={kind: {group: dict(cells[kind][group]) for group in groups[kind]} for kind in groups},
    )


def _folded(sizes: Counter[str], cells: dict[str, Counter[str]], *, by_name: bool) -> dict[str, int]:
    """Return the groups that are shown with their sizes; the rest is folded into "other", in `cells` as well."""
    kept = sorted(sizes)[-_GROUPS:] if by_name else list(_ordered(sizes))[:_GROUPS]
    shown = {group: sizes[group] for group in kept}
    rest = [group for group in sizes if group not in shown]
    if rest:
        shown["other"] = sum(sizes[group] for group in rest)
        cells["other"] = sum((cells[group] for group in rest), Counter())
    return shown


def _disagreement(workspace: Workspace, answers: Sequence[Annotation]) -> Disagreement:
    by_sentence: dict[str, list[frozenset[str]]] = {}
    for answer in answers:
        if not answer.skipped:
            by_sentence.setdefault(answer.sentence_id, []).append(frozenset(answer.labels))
    doubled = [sets for sets in by_sentence.values() if len(sets) > 1]
    labels: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for sets in doubled:
        labels.update(frozenset.union(*sets) - frozenset.intersection(*sets))
        pairs.update({pair for one, other in combinations(sets, 2) for pair in _swapped(one, other)})
    queue = workspace.path(QUEUE)
    return Disagreement(
        doubled=len(doubled),
        differing=sum(len(set(sets)) > 1 for sets in doubled),
        labels=_ordered(labels),
        pairs=tuple(
            (one, other, pairs[one, other]) for one, other in sorted(pairs, key=lambda key: (-pairs[key], key))
        ),
        causes=queue.read_bytes().count(b"\n") if queue.exists() else 0,
    )


def _swapped(one: frozenset[str], other: frozenset[str]) -> set[tuple[str, str]]:
    """Return the pairs of labels of which one answer has the first and the other the second, each pair sorted."""
    if one == other:
        return set()
    mine, yours = one - other or {NOTHING}, other - one or {NOTHING}
    return {(min(a, b), max(a, b)) for a in mine for b in yours}


def _releases(workspace: Workspace) -> Releases | None:
    newest = release.newest(workspace.path("releases"))
    if newest is None:
        return None
    splits = json.loads(newest.read("prevalence.json"))
    texts = {split: newest.table("default", split) for split in newest.splits()}
    leakage = None
    if all("text" in table.column_names and table["text"].null_count == 0 for table in texts.values()):
        leakage = release.text_leakage({split: table["text"].to_pylist() for split, table in texts.items()}).as_dict()
    older = _before(workspace, newest)
    if older is None:
        return Releases(newest.version, splits, leakage)
    found = release.diff(older, newest, whole=False)
    lines = tuple(line.removeprefix("- ") for line in found.as_markdown().splitlines() if line)
    return Releases(newest.version, splits, leakage, older.version, found.level, lines)


def _before(workspace: Workspace, newest: release.Release) -> release.Release | None:
    names = [path.parent.name for path in workspace.path("releases").glob("*/manifest.json")]
    versions = sorted(release.Version.parse(name) for name in names if release.Version.is_one(name))
    earlier = [version for version in versions if str(version) != newest.version]
    return release.load(workspace.release_path(str(earlier[-1]))) if earlier else None


def _counted(names: Iterable[str]) -> dict[str, int]:
    return _ordered(Counter(names))


def _ordered(counts: Counter[str]) -> dict[str, int]:
    """Return counts, the greatest first, ties by name."""
    return {name: counts[name] for name in sorted(counts, key=lambda name: (-counts[name], name))}
