"""The sections of the report: a sentence, plots and points for each, or the command that makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from toolkit.agreement.report_tables import decimal
from toolkit.errors import tally
from toolkit.records import Estimate
from toolkit.release.card.pictures import short
from toolkit.report.agreement_sections import (
    AGREEMENT,
    agreement_section,
    disagreement_section,
    estimate,
    suggestions_section,
)
from toolkit.report.charts import plots
from toolkit.report.charts.chart_findings import best_and_worst, from_to, highest, most_often, widest
from toolkit.report.charts.plots import Plot
from toolkit.report.contents import Report, Section
from toolkit.report.ledger_section import ledger_section
from toolkit.report.share_section import share_section

Titles = Mapping[str, str]
"""Label → its title, as people see it on the labelling page."""


def sections(report: Report) -> list[Section]:
    """Return the sections in the order of the work."""
    makers: tuple[tuple[str, str, str, Callable[[Report, Titles], Section | None]], ...] = (
        ("corpus", "Where the sentences come from", "corpus", _corpus),
        ("progress", "Who has labelled how much", "progress", _progress),
        ("prevalence", "How often each label occurs", "decisions", _prevalence),
        ("agreement", AGREEMENT, "agreement", _agreement),
        ("disagreement", "Where annotators disagree", "progress", disagreement_section),
        ("suggestions", "Effect of suggestions on the answers", "progress", suggestions_section),
        ("decisions", "How it was decided", "decisions", _decisions),
        ("shares", "Shares of labels in the whole corpus", "decisions", share_section),
        ("ledger", "Who claims what, and how many", "ledger", ledger_section),
        ("splits", "The release, its splits and leakage", "releases", _splits),
        ("changes", "What changed since the last release", "releases", _changes),
        ("baselines", "Baseline scores", "baselines", _baselines),
    )
    titles, found = label_titles(report.labels), []
    for anchor, title, part, make in makers:
        section = make(report, titles) or Section(command=report.missing.get(part, "toolkit adjudicate"))
        if anchor not in ("suggestions", "shares", "ledger") or section.command is None:  # nobody needs to ask a model
            found.append(replace(section, anchor=anchor, title=title))
    return found


def label_titles(labels: Mapping[str, str]) -> dict[str, str]:
    """Return label → title; where two have the same title, with the label after it."""
    often = Counter(labels.values())
    return {label: title if often[title] == 1 else f"{title} ({label})" for label, title in labels.items()}


def _agreement(report: Report, titles: Titles) -> Section | None:
    return None if report.agreement is None else agreement_section(report.agreement, {**titles, **report.spans})


def _corpus(report: Report, titles: Titles) -> Section | None:
    corpus = report.corpus
    if corpus is None:
        return None
    drawn = [
        plots.columns(f"Articles by month of publication{most_often(corpus.months)}", corpus.months, unit="articles"),
        plots.bars(
            f"Articles by publisher{most_often(corpus.publishers)}",
            {"articles": _first(corpus.publishers, 15)},
            unit="articles",
        ),
    ]
    if len(corpus.languages) > 1:
        said = f"Articles by language{most_often(corpus.languages)}"
        drawn.append(plots.bars(said, {"articles": _first(corpus.languages, 12)}, unit="articles"))
    if corpus.rejects:
        note = "Every line is in rejects.jsonl, with its place in the page."
        words = {"lines": _first(corpus.rejects, 12)}
        drawn.append(
            plots.bars(
                f"Lines cut from the pages, by reason{most_often(corpus.rejects)}", words, unit="lines", note=note
            )
        )
    said = (
        f"{tally(corpus.counts['articles'], 'article')} of {tally(corpus.counts['publishers'], 'named publisher')} "
        f"tell {tally(corpus.counts['stories'], 'story', 'stories')} in "
        f"{tally(corpus.counts['sentences'], 'sentence')}. "
        "An unnamed publisher or an undated page counts as unknown."
    )
    points = (_unread(corpus.unreadable),) if corpus.unreadable else ()
    return Section(said=said, drawn=tuple(drawn), points=points)


def _unread(names: Sequence[str]) -> str:
    files = f"{tally(len(names), 'page or file', 'pages or files')} could not be read: "
    more = f" and {len(names) - 10:,} more, see rejects.jsonl" if len(names) > 10 else ""
    return files + ", ".join(names[:10]) + more


def _progress(report: Report, titles: Titles) -> Section | None:
    progress = report.progress
    if progress is None:
        return None
    series = {"answered": {person.annotator: person.answers for person in progress.people}}
    if any(person.skipped for person in progress.people):
        series["skipped"] = {person.annotator: person.skipped for person in progress.people}
    coverage = {tally(int(number), "answer"): sentences for number, sentences in progress.coverage.items()}
    answered = sum(sentences for number, sentences in progress.coverage.items() if number != "0")
    total = sum(progress.coverage.values())
    said = (
        f"{tally(len(progress.people), 'person', 'people')} answered {answered:,} of {tally(total, 'sentence')} "
        f"({answered / max(total, 1):.0%})."
    )
    points = tuple(
        f"{person.annotator}: {tally(person.answers, 'answer')} from {person.first} to {person.last}"
        + (f", {person.seconds:g} s per answer (median)" if person.seconds is not None else "")
        + (f"; known answers hidden among the tasks: {person.known} met" if person.known is not None else "")
        for person in progress.people
    )
    drawn = (
        plots.bars(
            f"Answers by annotator{from_to(series['answered'])}",
            series,
            unit="sentences",
            link=lambda name: plots.chosen(person=name),
        ),
        plots.bars(f"Sentences by number of answers{most_often(coverage)}", {"sentences": coverage}, unit="sentences"),
        plots.columns(f"Answers by day{most_often(progress.days)}", progress.days, unit="answers"),
    )
    return Section(said=said, drawn=drawn, points=points)


def _prevalence(report: Report, titles: Titles) -> Section | None:
    known = report.prevalence
    if known is None:
        return None
    note = "Share of the decided sentences in a column that carry the label; the number decided stands with its name."
    labels = {titles.get(label, label): number for label, number in known.labels.items()}
    drawn = [
        plots.bars(
            f"Decided sentences by label{most_often(labels)}",
            {"sentences": labels},
            unit="sentences that carry the label",
        )
    ]
    for kind, title in (("source", "Label share by source"), ("month", "Label share by month")):
        groups = known.groups[kind]
        if not groups:
            continue
        names = {group: f"{short(group, 18)} · {size}" for group, size in groups.items()}
        shares = {
            (titles.get(label, label), names[group]): known.cells[kind][group].get(label, 0) / size
            for group, size in groups.items()
            for label in known.labels
        }
        by_label = {
            titles.get(label, label): {
                group: known.cells[kind][group].get(label, 0) / size for group, size in groups.items()
            }
            for label in known.labels
        }
        title += widest(by_label, groups)
        ids, of = (
            {titles.get(label, label): label for label in known.labels},
            {name: one for one, name in names.items()},
        )
        link = partial(_cell, kind, ids, of)
        drawn.append(
            plots.heat(title, list(labels), list(names.values()), shares, write=_percent, note=note, link=link)
        )
    decided = tally(known.decided, "sentence is", "sentences are")
    return Section(said=f"{decided} decided. A sentence may carry several labels.", drawn=tuple(drawn))


def _cell(kind: str, labels: Mapping[str, str], groups: Mapping[str, str], row: str, name: str) -> str:
    return plots.chosen(**{"label": labels[row], kind: groups[name], "decided": "yes"})


def _decisions(report: Report, titles: Titles) -> Section | None:
    if report.decisions is None:
        return None
    said = f"{tally(sum(report.decisions.values()), 'decision')}, each with the answers that it rests on."
    drawn = plots.bars(
        f"Decisions by method{most_often(report.decisions)}", {"sentences": report.decisions}, unit="sentences"
    )
    kept = "keeps an earlier decision" if report.overtaken == 1 else "keep an earlier decision"
    left = (
        f"{tally(report.overtaken, 'sentence')} {kept} which today's answers would change; "
        "to re-decide every sentence, run toolkit adjudicate --afresh"
    )
    points = (left,) if report.overtaken else ()
    return Section(said=said, drawn=(drawn,) if report.decisions else (), points=points)


def _splits(report: Report, titles: Titles) -> Section | None:
    known = report.releases
    if known is None:
        return None
    labels = list(dict.fromkeys(label for split in known.splits.values() for label in split["labels"]))
    sizes = {split: max(part["sentences"], 1) for split, part in known.splits.items()}
    shares = {
        titles.get(label, label): tuple(
            Estimate(value=part["labels"].get(label, 0) / sizes[split]) for split, part in known.splits.items()
        )
        for label in labels
    }
    drawn = []
    if labels:
        by_label = {
            label: {split: mark.value or 0.0 for split, mark in zip(known.splits, marks, strict=True)}
            for label, marks in shares.items()
        }
        found = widest(by_label, {split: part["sentences"] for split, part in known.splits.items()})
        title = f"Label share by split of release {known.version}{found}"
        drawn.append(plots.forest(title, shares, series=list(known.splits), unit="share of the split's sentences"))
    points = [
        f"{split}: {tally(part['sentences'], 'sentence')} of {tally(part['stories'], 'story', 'stories')}"
        for split, part in known.splits.items()
    ]
    if known.leakage is None:
        points.append("Leakage: the release holds no text; run toolkit hydrate, then toolkit audit-leakage.")
    else:
        points.append(
            f"Leakage: {tally(known.leakage['exact'], 'sentence')} of a later split word for word in an earlier one, "
            f"{known.leakage['near']:,} nearly."
        )
        points += [
            f"{pair['kind']} ({pair['similarity']:.2f}): {pair['later']} ← {pair['earlier']}: {pair['text']}"
            for pair in known.leakage["pairs"][:10]
        ]
    said = f"Release {known.version} keeps every story in one split: near-duplicates never stand on both sides."
    return Section(said=said, drawn=tuple(drawn), points=tuple(points))


def _changes(report: Report, titles: Titles) -> Section | None:
    known = report.releases
    if known is None:
        return None
    if known.older is None:
        return Section(said=f"Release {known.version} is the first: there is nothing to compare it with.")
    return Section(said=f"{known.older} → {known.version}: a {known.level} change.", points=known.changes)


def _baselines(report: Report, titles: Titles) -> Section | None:
    if not report.models:
        return None
    overall = {
        f"{name} ({split})": tuple(estimate(part[metric]) for metric in ("macro_f1", "micro_f1", "accuracy"))
        for name, metrics in report.models.items()
        for split, part in metrics.items()
        if isinstance(part, Mapping) and "macro_f1" in part
    }
    series = ("macro F1", "micro F1", "exact match")
    title = f"Baselines{highest({name: macro for name, (macro, *_) in overall.items()}, 'highest macro F1')}"
    drawn = [plots.forest(title, overall, series=series, unit="score; 1 is perfect")] if overall else []
    judged = report.evaluation or next(iter(report.models.values())).get("test")
    if judged:
        drawn += _by_label(judged, titles)
    for curve in report.curves:
        drawn.append(_curve(curve))
    said = "Scores on sentences of stories that the model has not seen, with 95 % intervals over stories."
    points = [str(curve["summary"]) for curve in report.curves if curve.get("summary")]
    if report.evaluation is not None:
        points += [*_moves(report.evaluation), *_test(report.evaluation)]
    return Section(said=said, drawn=tuple(drawn), points=tuple(points))


def _moves(judged: Mapping[str, Any]) -> Iterator[str]:
    """Say by how much each cause changed the score since an older release; nothing where none was named."""
    for step in judged.get("moves", ()):
        rows = tally(step["rows"], "row")
        score, change = estimate(step["macro_f1"]), estimate(step["change"])
        if step["change"] is None:
            older = judged.get("since", "the older release")
            yield f"{judged['model']} on {judged['split']} of {older}: macro F1 {score} ({rows})."
        else:
            yield f"{step['cause'].capitalize()} ({rows}): macro F1 changed by {change}, to {decimal(score.value)}."


def _test(judged: Mapping[str, Any]) -> Iterator[str]:
    """Say whether the model differs from another one by more than chance; nothing where none was named."""
    if "against" in judged:
        test = judged["against"]
        stories = tally(test["groups"], "story", "stories")
        yield (
            f"{judged['model']} minus {test['model']}: {estimate(test['difference'])} macro F1, "
            f"p = {test['p_value']:.3g} by swapping the answers of whole stories ({stories})."
        )


def _by_label(judged: Mapping[str, Any], titles: Titles) -> list[Plot]:
    name = " ".join(str(judged[key]) for key in ("model", "split") if key in judged)
    rows = [(titles.get(row["label"], row["label"]), row) for row in judged["labels"]]
    found = best_and_worst({title: estimate(row["f1"]) for title, row in rows})
    scores = plots.forest(
        f"F1 by label, {name}".rstrip(", ") + found,
        {f"{title} · {row['support']}": (estimate(row["f1"]),) for title, row in rows},
        series=("F1",),
        unit="F1",
        note="The number of sentences that carry the label stands with its name.",
    )
    errors = {title: (_calibration_error(row),) for title, row in rows}
    if all(error.value is None for (error,) in errors.values()):
        return [scores]
    note = "Mean distance of the stated probability from the observed frequency; 0 is best."
    worst = highest({title: error for title, (error,) in errors.items()}, "worst")
    title, unit = f"Calibration by label, {name}".rstrip(", ") + worst, "expected calibration error"
    return [scores, plots.forest(title, errors, series=("error",), unit=unit, note=note, whole=False)]


def _calibration_error(row: Mapping[str, Any]) -> Estimate:
    low, high = row.get("intervals", {}).get("calibration_error", (None, None))
    return Estimate(value=row.get("calibration_error"), low=low, high=high)


def _curve(curve: Mapping[str, Any]) -> Plot:
    of = str(curve.get("of", "sentences"))
    points = [(float(point["amount"]), estimate(point["macro_f1"])) for point in curve["points"]]
    across = "annotators per sentence" if of == "annotators" else f"{of} to train on"
    known = [(amount, mark.value) for amount, mark in points if mark.value is not None]
    ends = [f"{decimal(value)} with {amount:,.0f}" for amount, value in (*known[-1:], *known[:-1][:1])]
    title = f"Learning curve over {of}" + (f": {', '.join(ends)}" if ends else "")
    return plots.line(title, points, across=across, unit="held-out macro F1")


def _first(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """Return the first counts, and the sum of the rest as "other"."""
    shown = dict(list(counts.items())[:most])
    rest = sum(list(counts.values())[most:])
    return shown | ({"other": rest} if rest else {})


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share else "·"
