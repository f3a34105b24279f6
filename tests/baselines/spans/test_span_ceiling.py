"""People's spans and relations against what was decided, out of a release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import answer, article, decision, sentence, span

from toolkit.baselines.spans import evaluate_relations, span_ceiling
from toolkit.engine.arrow import to_table
from toolkit.records import Article, Decision, Relation, Sentence
from toolkit.release import Corpus, Terms, freeze
from toolkit.schema import load

SCHEMA = load("news_events@1.0.0")
RELATION = SCHEMA.relations[0]
HEAD, TAIL = RELATION.head[0], RELATION.tail[0]


@pytest.mark.slow
def test_each_person_is_held_against_the_decisions(tmp_path: Path) -> None:
    """Good marks and relates as decided; lazy cuts the source short and relates nothing in every second article."""
    wholes, lines, decisions, answers = [], [], [], []
    for number in range(12):
        text = f"At least {number + 2} people died, the governor said."
        whole = article(
            f"Story {number}\n{text}", source=f"{number}.txt", title=f"Story {number}", published_at="2026-01-02"
        )
        line = sentence(text, whole)
        head, tail = span(text, f"{number + 2} people", HEAD), span(text, "the governor", TAIL)
        short = replace(span(text, "governor", TAIL), span_id=tail.span_id)
        drawn = (Relation(label=RELATION.id, head=head.span_id, tail=tail.span_id),)
        good = answer(line.sentence_id, "good", spans=(head, tail), relations=drawn)
        lazy = answer(line.sentence_id, "lazy", spans=(head, short), relations=drawn if number % 2 else ())
        wholes.append(whole)
        lines.append(line)
        answers += [good, lazy]
        votes = tuple(sorted(each.annotation_id for each in (good, lazy)))
        decisions.append(decision(line.sentence_id, spans=(head, tail), relations=drawn, votes=votes))
    corpus = Corpus.of(
        SCHEMA,
        articles=to_table(Article, wholes),
        sentences=to_table(Sentence, lines),
        decisions=to_table(Decision, decisions),
        annotations=answers,
        experts=[],
    )
    release = freeze(corpus, tmp_path, Terms(version="1.0.0"))
    good, lazy = span_ceiling(release.path, "train")
    assert {each.f1.value for each in (*good.spans, *good.relations)} == {1.0}
    by = {(each.label, each.by): each for each in (*lazy.spans, *lazy.relations)}
    assert by[TAIL, "exact"].recall == 0.0
    assert by[TAIL, "overlap"].recall == 1.0
    assert by[RELATION.id, "exact"].precision == 0.0
    assert by[RELATION.id, "overlap"].precision == 1.0
    assert 0 < float(by[RELATION.id, "overlap"].recall or 0) < 1
    assert evaluate_relations([], [], []) == ()
