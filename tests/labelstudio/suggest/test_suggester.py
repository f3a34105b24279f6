"""Suggestions fitted to the schema: a model's answers together with the figures that are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from toolkit.errors import UsageError
from toolkit.labelstudio import Query, Suggester
from toolkit.labelstudio.casualty_figures import READER
from toolkit.records import Span, Suggestion
from toolkit.schema import load

SCHEMA = load("news_events")
TOLL = Query(sentence_id="s1", text="At least 14 people were killed and dozens wounded.", language="en")


def model(*spans: Span, labels: tuple[str, ...] = ()) -> Callable[[Sequence[str]], list[Suggestion]]:
    said = Suggestion(
        sentence_id="", shown=True, model="m", labels=labels, spans=spans, probabilities=dict.fromkeys(labels, 0.7)
    )
    return lambda texts: [said for _ in texts]


def span(start: int, end: int, label: str) -> Span:
    return Span(span_id=f"m{start}", label=label, start=start, end=end, text=TOLL.text[start:end])


def test_the_figure_reader_alone_gives_spans_and_no_certainty() -> None:
    (found,) = Suggester(SCHEMA).suggest([TOLL])
    assert (found.sentence_id, found.model, found.schema) == ("s1", READER, SCHEMA.ref)
    assert [(each.text, each.attributes.get("low")) for each in found.spans] == [("At least 14", 14), ("dozens", None)]
    assert (found.labels, found.probabilities) == ((), {})


def test_what_the_schema_does_not_have_is_left_out() -> None:
    predict = model(span(12, 18, "CROWD"), labels=("casualty_figure", "weather"))
    (found,) = Suggester(SCHEMA, predict, name="m1").suggest([TOLL])
    assert (found.model, found.labels) == ("m1", ("casualty_figure",))
    assert {each.label for each in found.spans} == {"FIGURE"}
    assert found.certainty == 0.7


def test_a_figure_that_the_model_marks_takes_the_fields_that_are_read() -> None:
    (found,) = Suggester(SCHEMA, model(span(0, 18, "FIGURE"), span(40, 47, "SOURCE"))).suggest([TOLL])
    assert [(each.label, each.text, each.attributes.get("low")) for each in found.spans] == [
        ("FIGURE", "At least 14 people", 14),
        ("FIGURE", "dozens", None),
        ("SOURCE", TOLL.text[40:47], None),
    ]


def test_in_a_language_that_nobody_reads_figures_in_there_are_none() -> None:
    (found,) = Suggester(SCHEMA).suggest([Query(sentence_id="s1", text=TOLL.text, language="xx")])
    assert found.spans == ()


def test_without_a_model_and_figures_there_is_nothing_to_suggest() -> None:
    with pytest.raises(UsageError, match="has no span label FIGURE"):
        Suggester(load("claims")).check()
    Suggester(load("claims"), model()).check()
    Suggester(SCHEMA).check()
