"""Every sentence of the sample pages is answered by both annotators, by the codebook's rules, and not always alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit import ingest, samples, schema
from toolkit.errors import InvalidInput
from toolkit.records import Article, AttributeValue, Sentence, to_json
from toolkit.segment.units import sentences as sentences_of

ANNOTATORS = ("ada", "ben")


@pytest.fixture(scope="module")
def sentences() -> list[tuple[Article, Sentence]]:
    found = []
    for page in sorted(samples.pages().iterdir()):
        for article in ingest.extract(page.read_bytes(), source=page.name):
            found += [(article, sentence) for sentence in sentences_of(article)]
    return found


@pytest.fixture(scope="module")
def answers() -> list[samples.Recorded]:
    return list(samples.read(samples.answers()))


@pytest.fixture(scope="module")
def expert() -> list[samples.Recorded]:
    return list(samples.read(samples.expert()))


def judgement(answer: samples.Recorded) -> samples.Recorded:
    """Return the answer without what says nothing about the sentence."""
    return replace(answer, annotator="", note=None, lead_time=0.0)


def disputed(answers: list[samples.Recorded]) -> set[str]:
    by_text = defaultdict(list)
    for answer in answers:
        by_text[answer.text].append(judgement(answer))
    return {text for text, (first, second) in by_text.items() if first != second}


def test_counts(sentences: list[tuple[Article, Sentence]]) -> None:
    assert len({article.article_id for article, _ in sentences}) == 22
    assert 180 <= len(sentences) <= 260


@pytest.mark.parametrize("annotator", ANNOTATORS)
def test_an_annotator_answers_exactly_the_sentences_there_are(
    annotator: str, sentences: list[tuple[Article, Sentence]], answers: list[samples.Recorded]
) -> None:
    answered = {answer.text for answer in answers if answer.annotator == annotator}
    texts = {sentence.text for _, sentence in sentences}
    assert sorted(texts - answered) == []
    assert sorted(answered - texts) == []


def test_nobody_else_answers(answers: list[samples.Recorded], expert: list[samples.Recorded]) -> None:
    assert {answer.annotator for answer in answers} == set(ANNOTATORS)
    assert {answer.annotator for answer in expert} == {"cleo"}


def test_every_answer_keeps_the_schema(answers: list[samples.Recorded], expert: list[samples.Recorded]) -> None:
    news = schema.load("news_events@1.0.0")
    breaches = [
        (answer.annotator, answer.text, breach.message)
        for answer in [*answers, *expert]
        if not answer.skipped
        for breach in schema.validate(news, answer.labels, answer.located(), answer.relations)
    ]
    assert breaches == []


def test_a_skip_says_nothing(answers: list[samples.Recorded]) -> None:
    (skip,) = [answer for answer in answers if answer.skipped]
    assert (skip.labels, skip.spans, skip.relations) == ((), (), ())


def test_one_note_tells_a_doubt(answers: list[samples.Recorded]) -> None:
    (note,) = [answer.note for answer in answers if answer.note]
    assert note.startswith("unsure")


def test_the_expert_settles_exactly_what_they_differ_on(
    answers: list[samples.Recorded], expert: list[samples.Recorded]
) -> None:
    assert sorted(answer.text for answer in expert) == sorted(disputed(answers))
    assert not any(answer.skipped for answer in expert)


def test_they_differ_as_people_do(answers: list[samples.Recorded]) -> None:
    differing = disputed(answers)
    assert 0.08 <= len(differing) / (len(answers) / 2) <= 0.12
    pairs = defaultdict(list)
    for answer in answers:
        if answer.text in differing and not answer.skipped:
            pairs[answer.text].append(answer)
    spans_only = [pair for pair in pairs.values() if len(pair) == 2 and pair[0].labels == pair[1].labels]
    assert len(spans_only) >= 4
    assert any(_places(first) != _places(second) for first, second in spans_only)
    assert any(_numbers(first) != _numbers(second) for first, second in spans_only)


def _places(answer: samples.Recorded) -> list[tuple[str, int, int]]:
    return [(span.label, span.start, span.end) for span in answer.located()]


def _numbers(answer: samples.Recorded) -> list[tuple[AttributeValue, AttributeValue]]:
    return [(s.attributes.get("low"), s.attributes.get("high")) for s in answer.spans if s.label == "FIGURE"]


@pytest.mark.parametrize("annotator", ANNOTATORS)
def test_every_label_is_learnable(
    annotator: str, sentences: list[tuple[Article, Sentence]], answers: list[samples.Recorded]
) -> None:
    labels = {answer.text: answer.labels for answer in answers if answer.annotator == annotator}
    stories = defaultdict(set)
    times: Counter[str] = Counter()
    for text in labels:
        times.update(labels[text])
    for article, sentence in sentences:
        for label in labels[sentence.text]:
            stories[label].add(article.title)
    wanted = set(schema.load("news_events@1.0.0").label_ids)
    assert {label for label in wanted if times[label] < 8} == set()
    assert {label for label in wanted if len(stories[label]) < 4} == set()


def test_the_service_page_carries_no_label(
    sentences: list[tuple[Article, Sentence]], answers: list[samples.Recorded]
) -> None:
    texts = {s.text for article, s in sentences if article.page.source == "14_service_week.txt"}
    assert {answer.labels for answer in answers if answer.text in texts} == {("none",)}


def test_every_kind_of_span_and_relation_occurs(answers: list[samples.Recorded]) -> None:
    news = schema.load("news_events@1.0.0")
    assert {span.label for answer in answers for span in answer.spans} == {span.id for span in news.spans}
    used = {relation.label for answer in answers for relation in answer.relations}
    assert used == {relation.id for relation in news.relations}


def test_every_qualifier_harm_and_type_of_source_occurs(answers: list[samples.Recorded]) -> None:
    values = defaultdict(set)
    for answer in answers:
        for span in answer.spans:
            for key, value in span.attributes.items():
                values[span.label, key].add(value)
    for span_label in schema.load("news_events@1.0.0").spans:
        for attribute in span_label.attributes:
            if attribute.id in {"qualifier", "harm", "type"}:
                assert values[span_label.id, attribute.id] == set(attribute.choices)


def test_the_same_text_cannot_be_answered_twice(tmp_path: Path, answers: list[samples.Recorded]) -> None:
    file = tmp_path / "twice.jsonl"
    file.write_text("\n".join([to_json(answers[0]), to_json(answers[0])]) + "\n")
    with pytest.raises(InvalidInput, match=r"twice.jsonl:2: ada answers the text of line 1 again"):
        list(samples.read(file))


def test_words_that_are_not_in_the_sentence_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "stray.jsonl"
    file.write_text(
        '{"annotator":"ada","text":"No toll.","lead_time":1.0,'
        '"spans":[{"id":"s1","label":"FIGURE","text":"nine","nth":0,"attributes":{}}]}\n'
    )
    with pytest.raises(InvalidInput, match=r"occurrence 0 of 'nine' is not in 'No toll\.'"):
        list(samples.read(file))


@pytest.mark.parametrize(("nth", "start"), [(0, 0), (1, 1), (2, 5)])
def test_an_occurrence_is_counted_from_nought_and_may_overlap(nth: int, start: int) -> None:
    quote = samples.recorded.Quote(id="s1", label="CUE", text="oo", nth=nth)
    span = quote.within("ooo, oo")
    assert (span.start, span.end) == (start, start + 2)
