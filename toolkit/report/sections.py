"""The sections of the page: what each says in a sentence, its plots, and the command that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.report import plots
from toolkit.report.contents import Report
from toolkit.report.plots import Mark, Plot


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Attributes:
        anchor: Its id.
        title: Its heading.
        said: What it says in words.
        drawn: Its plots.
        points: Further sentences, as a list.
        command: What makes it, where it is not there yet.
    """

    anchor: str
    title: str
    said: str = ""
    drawn: tuple[Plot, ...] = ()
    points: tuple[str, ...] = ()
    command: str | None = None


def sections(report: Report) -> list[Section]:
    """Return the sections in the order of the work."""
    makers: tuple[tuple[str, str, str, Callable[[Report], Section | None]], ...] = (
        ("corpus", "Where it comes from", "corpus", _corpus),
        ("progress", "Who has labelled how much", "progress", _progress),
        ("prevalence", "How often each label occurs", "decisions", _prevalence),
        ("agreement", "How far people agree", "agreement", _agreement),
        ("disagreement", "What people disagree on", "progress", _disagreement),
        ("suggestions", "What suggestions did to the answers", "progress", _suggestions),
        ("decisions", "How it was decided", "decisions", _decisions),
        ("splits", "The release, its splits and leakage", "releases", _splits),
        ("changes", "What changed since the last release", "releases", _changes),
        ("baselines", "What a machine learns from it", "baselines", _baselines),
    )
    found = {
        anchor: make(report) or Section(anchor, title, command=report.missing.get(part, "toolkit adjudicate"))
        for anchor, title, part, make in makers
    }
    if report.head_start is None:  # nothing was suggested, which is no stage that is missing
        del found["suggestions"]
    return list(found.values())


def _corpus(report: Report) -> Section | None:
    corpus = report.corpus
    if corpus is None:
        return None
    drawn = [
        plots.columns("Articles by month of publication", corpus.months, unit="articles"),
        plots.bars("Articles by publisher", {"articles": _first(corpus.publishers, 15)}, unit="articles"),
    ]
    if len(corpus.languages) > 1:
        drawn.append(plots.bars("Articles by language", {"articles": _first(corpus.languages, 12)}, unit="articles"))
    if corpus.rejects:
        note = "Every line is in rejects.jsonl, with its place in the page."
        words = {"lines": _first(corpus.rejects, 12)}
        drawn.append(plots.bars("Lines cut from the pages, by reason", words, unit="lines", note=note))
    counts = corpus.counts
    said = (
        f"{counts['articles']:,} articles of {counts['publishers']:,} named publishers tell {counts['stories']:,} "
        f"stories in {counts['sentences']:,} sentences. An unnamed publisher or an undated page counts as unknown."
    )
    return Section("corpus", "Where it comes from", said, tuple(drawn))


def _progress(report: Report) -> Section | None:
    progress = report.progress
    if progress is None:
        return None
    series = {"answered": {person.annotator: person.answers for person in progress.people}}
    if any(person.skipped for person in progress.people):
        series["skipped"] = {person.annotator: person.skipped for person in progress.people}
    coverage = {f"{number} answers" if number != "1" else "1 answer": n for number, n in progress.coverage.items()}
    answered = sum(number for given, number in progress.coverage.items() if given != "0")
    total = sum(progress.coverage.values())
    share = answered / max(total, 1)
    said = f"{len(progress.people):,} people answered {answered:,} of {total:,} sentences ({share:.0%})."
    points = tuple(
        f"{person.annotator}: {person.answers:,} answers from {person.first} to {person.last}"
        + (f", {person.seconds:g} s each in the median" if person.seconds is not None else "")
        for person in progress.people
    )
    drawn = (
        plots.bars("Answers by annotator", series, unit="sentences"),
        plots.bars("Sentences by number of answers", {"sentences": coverage}, unit="sentences"),
        plots.columns("Answers by day", progress.days, unit="answers"),
    )
    return Section("progress", "Who has labelled how much", said, drawn, points)


def _prevalence(report: Report) -> Section | None:
    known = report.prevalence
    if known is None:
        return None
    note = "Share of the decided sentences in a column that carry the label; the number decided stands with its name."
    drawn = [
        plots.bars("Decided sentences by label", {"sentences": known.labels}, unit="sentences that carry the label")
    ]
    for kind, title in (("source", "Label share by source"), ("month", "Label share by month")):
        groups = known.groups[kind]
        if not groups:
            continue
        names = {group: f"{plots.short(group, 18)} · {size}" for group, size in groups.items()}
        shares = {
            (label, names[group]): known.cells[kind][group].get(label, 0) / size
            for group, size in groups.items()
            for label in known.labels
        }
        drawn.append(plots.heat(title, list(known.labels), list(names.values()), shares, write=_percent, note=note))
    said = f"{known.decided:,} sentences are decided. A sentence may carry several labels."
    return Section("prevalence", "How often each label occurs", said, tuple(drawn))


def _agreement(report: Report) -> Section | None:
    known = report.agreement
    if known is None:
        return None
    rows = [*known["layers"], *known["labels"]]
    marks = {row["name"]: (Mark.of(row["alpha"]), Mark.of(row.get("ac1"))) for row in rows}
    note = (
        "The dashed lines are Krippendorff's thresholds: from .80 reliable, from .667 good for tentative conclusions. "
        "AC1 bears with rare labels, on which α is severe; it is not defined for whole layers."
    )
    drawn = [
        plots.forest(
            "Agreement by layer and label",
            marks,
            series=("Krippendorff's α", "Gwet's AC1"),
            unit="chance-corrected agreement; 1 is perfect, 0 is chance",
            guides=(0.667, 0.8),
            note=note,
        )
    ]
    spans = {
        row["label"] or "all spans": (Mark.of(row["exact_f1"]), Mark.of(row["overlap_f1"]))
        for row in known.get("spans", ())
    }
    if spans:
        title = "Agreement on spans"
        drawn.append(plots.forest(title, spans, series=("same ends", "overlapping"), unit="F1 between annotators"))
    said = (
        f"{known['doubled']:,} sentences of {known['articles']:,} articles were answered by more than one of "
        f"{known['annotators']:,} people. Intervals are {known['confidence']:.0%} ({known['interval']}, "
        f"{known['resamples']:,} resamples)."
    )
    points = tuple(f"{row['name']}: {row['alpha']['reason']}" for row in rows if row["alpha"].get("reason"))
    return Section("agreement", "How far people agree", said, tuple(drawn), points)


def _disagreement(report: Report) -> Section | None:
    known = report.disagreement
    if known is None:
        return None
    said = (
        f"On {known.differing:,} of {known.doubled:,} sentences with several answers people gave different labels; "
        f"{known.causes:,} sentences wait for an expert."
    )
    if not known.labels:
        return Section("disagreement", "What people disagree on", said)
    drawn = [plots.bars("Labels that one gave and another did not", {"sentences": known.labels}, unit="sentences")]
    pairs = {(one, other): float(number) for one, other, number in known.pairs}
    pairs |= {(other, one): number for (one, other), number in pairs.items()}
    names = sorted({name for pair in pairs for name in pair})
    note = "Sentences on which one person gave the label of the row where another gave that of the column."
    title = "Which labels are taken for each other"
    drawn.append(plots.heat(title, names, names, pairs, write=_count, note=note))
    return Section("disagreement", "What people disagree on", said, tuple(drawn))


def _suggestions(report: Report) -> Section | None:
    known, title = report.head_start, "What suggestions did to the answers"
    if known is None:
        return None
    if not known.measures:
        return Section("suggestions", title, "No sentence that something was suggested for has an answer yet.")
    marks = {each.name: Mark.of(asdict(each.difference)) for each in known.measures}
    apart = plots.forest(
        "Answers with a suggestion less answers without",
        {name: (mark,) for name, mark in marks.items() if name != "seconds"},
        series=("difference",),
        unit="difference between the shares of answers",
        guides=(0.0,),
        whole=False,
        note='"labels as suggested": the share of answers with exactly the suggested labels; above 0, people follow '
        "the model. Of a label: the share of answers that give it.",
    )
    said = (
        f"{known.answers_shown:,} answers were given to {known.sentences_shown:,} sentences with a suggestion and "
        f"{known.answers_held_back:,} to {known.sentences_held_back:,} whose suggestion was held back by lot. "
        "Intervals are 95 % over articles."
    )
    points = tuple(
        f"{each.name}: {_two(each.shown)} with, {_two(each.held_back)} without; difference {marks[each.name]}"
        + (f" ({each.difference.reason})" if each.difference.reason else "")
        for each in known.measures
        if each.name not in report.labels
    )
    return Section("suggestions", title, said, (apart,), points)


def _decisions(report: Report) -> Section | None:
    if report.decisions is None:
        return None
    said = f"{sum(report.decisions.values()):,} decisions, each with the answers that it rests on."
    drawn = plots.bars("Decisions by method", {"sentences": report.decisions}, unit="sentences")
    left = (
        f"{report.overtaken:,} stand although what all answers say now would change them: toolkit adjudicate --afresh"
    )
    points = (left,) if report.overtaken else ()
    return Section("decisions", "How it was decided", said, (drawn,) if report.decisions else (), points)


def _splits(report: Report) -> Section | None:
    known = report.releases
    if known is None:
        return None
    labels = list(dict.fromkeys(label for split in known.splits.values() for label in split["labels"]))
    sizes = {split: max(part["sentences"], 1) for split, part in known.splits.items()}
    shares = {
        label: tuple(Mark(part["labels"].get(label, 0) / sizes[split]) for split, part in known.splits.items())
        for label in labels
    }
    drawn = []
    if labels:
        title = f"Label share by split of release {known.version}"
        drawn.append(plots.forest(title, shares, series=list(known.splits), unit="share of the split's sentences"))
    points = [
        f"{split}: {part['sentences']:,} sentences of {part['stories']:,} stories"
        for split, part in known.splits.items()
    ]
    if known.leakage is None:
        points.append("Leakage: the release holds no text; run toolkit hydrate, then toolkit audit-leakage.")
    else:
        points.append(
            f"Leakage: {known.leakage['exact']:,} sentences of a later split stand in an earlier one word for word, "
            f"{known.leakage['near']:,} nearly."
        )
        points += [
            f"{pair['kind']} ({pair['similarity']:.2f}): {pair['later']} ← {pair['earlier']}: {pair['text']}"
            for pair in known.leakage["pairs"][:10]
        ]
    said = f"Release {known.version} keeps every story in one split: near-duplicates never stand on both sides."
    return Section("splits", "The release, its splits and leakage", said, tuple(drawn), tuple(points))


def _changes(report: Report) -> Section | None:
    known, title = report.releases, "What changed since the last release"
    if known is None:
        return None
    if known.older is None:
        return Section("changes", title, f"Release {known.version} is the first: there is nothing to compare it with.")
    return Section("changes", title, f"{known.older} → {known.version}: a {known.level} change.", (), known.changes)


def _baselines(report: Report) -> Section | None:
    if not report.models:
        return None
    overall = {
        f"{name} ({split})": tuple(Mark.of(part[metric]) for metric in ("macro_f1", "micro_f1", "accuracy"))
        for name, metrics in report.models.items()
        for split, part in metrics.items()
        if isinstance(part, Mapping) and "macro_f1" in part
    }
    series = ("macro F1", "micro F1", "exact match")
    drawn = [plots.forest("Baselines", overall, series=series, unit="score; 1 is perfect")] if overall else []
    judged = report.evaluation or next(iter(report.models.values())).get("test")
    if judged:
        drawn += _by_label(judged)
    for curve in report.curves:
        drawn.append(_curve(curve))
    said = "Scores on sentences of stories that the model has not seen, with 95 % intervals over stories."
    points = [str(curve["summary"]) for curve in report.curves if curve.get("summary")]
    if report.evaluation is not None:
        points += [*_moves(report.evaluation), *_test(report.evaluation)]
    return Section("baselines", "What a machine learns from it", said, tuple(drawn), tuple(points))


def _moves(judged: Mapping[str, Any]) -> Iterator[str]:
    """Say by how much each cause moved the score since an older release; nothing where none was named."""
    for step in judged.get("moves", ()):
        rows = f"{step['rows']:,} row{'' if step['rows'] == 1 else 's'}"
        score, change = Mark.of(step["macro_f1"]), Mark.of(step["change"])
        if step["change"] is None:
            older = judged.get("since", "the older release")
            yield f"{judged['model']} on {judged['split']} of {older}: macro F1 {score} ({rows})."
        else:
            yield f"{step['cause'].capitalize()} ({rows}): macro F1 changed by {change}, to {_two(score.value)}."


def _test(judged: Mapping[str, Any]) -> Iterator[str]:
    """Say whether the model differs from another one by more than chance; nothing where none was named."""
    if "against" in judged:
        test = judged["against"]
        stories = f"{test['groups']:,} {'story' if test['groups'] == 1 else 'stories'}"
        yield (
            f"{judged['model']} less {test['model']}: {Mark.of(test['difference'])} macro F1, "
            f"p = {test['p_value']:.3g} by swapping the answers of whole stories ({stories})."
        )


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:z.2f}"


def _by_label(judged: Mapping[str, Any]) -> list[Plot]:
    name = " ".join(str(judged[key]) for key in ("model", "split") if key in judged)
    marks = {f"{row['label']} · {row['support']}": (Mark.of(row["f1"]),) for row in judged["labels"]}
    drawn = [
        plots.forest(
            f"F1 by label, {name}".rstrip(", "),
            marks,
            series=("F1",),
            unit="F1",
            note="The number of sentences that carry the label stands with its name.",
        )
    ]
    errors = {
        row["label"]: (Mark(row.get("calibration_error"), *row.get("intervals", {}).get("calibration_error", ())),)
        for row in judged["labels"]
    }
    if any(mark.value is not None for (mark,) in errors.values()):
        note = "How far the stated probability is from the observed frequency, in the mean; 0 is best."
        title = f"Calibration by label, {name}".rstrip(", ")
        drawn.append(
            plots.forest(title, errors, series=("error",), unit="expected calibration error", note=note, whole=False)
        )
    return drawn


def _curve(curve: Mapping[str, Any]) -> Plot:
    of = str(curve.get("of", "sentences"))
    points = [(float(point["amount"]), Mark.of(point["macro_f1"])) for point in curve["points"]]
    across = "annotators a sentence" if of == "annotators" else f"{of} to train on"
    return plots.line(f"Learning curve over {of}", points, across=across, unit="held-out macro F1")


def _first(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """Return the first counts, and the sum of the rest as "other"."""
    shown = dict(list(counts.items())[:most])
    rest = sum(list(counts.values())[most:])
    return shown | ({"other": rest} if rest else {})


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share else "·"


def _count(number: float) -> str:
    return f"{number:.0f}"
