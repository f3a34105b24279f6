"""The rendered page in a real browser, on a real server: what a person does is what comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sentence_desk import SentenceDesk, sentence_desk

from toolkit.labelstudio.codec.decode import decode_result
from toolkit.labelstudio.server.embedded import Studio
from toolkit.records import Relation
from toolkit.schema import load, validate

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.studio, pytest.mark.slow]

SCHEMA = load("news_events@1.0.0")

TOLL = "The ministry said that at least 14 soldiers were killed and dozens wounded."
RANGE = "The ministry said that between 14 and 20 soldiers were killed and dozens wounded."
LONG = "The ministry, " + "silent through a week of questions from parliament and from the press, " * 9 + TOLL[13:]
ARABIC = "قال الجيش إن 14 جنديا قتلوا."


@pytest.fixture(scope="module")
def desk(studio: Studio) -> Iterator[SentenceDesk]:
    with sentence_desk(studio, SCHEMA, "page in browser") as opened:
        yield opened


def test_labels_figure_source_and_link_come_back_as_they_were_given(desk: SentenceDesk) -> None:
    desk.open(RANGE)
    desk.tick("1", "5")
    desk.mark("f", "between 14 and 20")
    desk.mark("s", "The ministry")
    desk.select("between 14 and 20")
    desk.fill("figure_low", 14)
    desk.fill("figure_high", 20)
    desk.tick("y", "a", "v", "Shift+Q", "Shift+A")
    desk.page.fill("[name=figure_affected_party]", "soldiers")
    desk.page.evaluate("document.activeElement.blur()")
    desk.picture("light")
    desk.link("The ministry")
    desk.select("The ministry")
    desk.tick("Shift+T", "Shift+C")
    desk.page.fill("textarea[name=note]", "unsure of the side")
    desk.page.evaluate("document.activeElement.blur()")
    reading = decode_result(desk.submit(), RANGE, SCHEMA)

    assert reading.rejects == []
    assert reading.labels == ("casualty_figure", "claim")
    source, figure = reading.spans
    assert (source.label, source.text, source.attributes) == (
        "SOURCE",
        "The ministry",
        {"type": "state_civil", "party_role": "third"},
    )
    assert (figure.label, figure.start, figure.end) == ("FIGURE", 23, 40)
    assert figure.attributes == {
        "low": 14,
        "high": 20,
        "qualifier": "range",
        "harm": "killed",
        "status": "combatant",
        "scope": "incident",
        "stance": "asserted",
        "affected_party": "soldiers",
    }
    assert reading.relations == (Relation(label="figure_source", head=figure.span_id, tail=source.span_id),)
    assert reading.note == "unsure of the side"
    assert validate(SCHEMA, reading.labels, reading.spans, reading.relations) == []


def test_what_is_incomplete_is_refused_and_rules_and_fields_show_when_they_apply(desk: SentenceDesk) -> None:
    task = desk.open(TOLL)
    rule = desk.page.get_by_text(f"Non-disclosure: {SCHEMA.labels[3].rule}")
    parts = [rule, desk.page.locator("input[name=figure_low]"), desk.page.get_by_text("Kind of source")]
    desk.shows(parts, [False, False, False])
    assert desk.warning() == "Tick at least one label. If no other applies: None of these or Not the article."
    desk.tick("4")
    desk.shows(parts, [True, False, False])
    desk.mark("f", "at least 14")
    desk.mark("s", "The ministry")
    desk.select("at least 14")
    desk.shows(parts, [True, True, False])
    desk.unselect()
    desk.select("The ministry")
    desk.shows(parts, [True, False, True])
    assert desk.warning() == "Source: Kind of source"
    assert desk.answers(task) == []


def test_an_exclusive_label_hides_and_drops_the_others(desk: SentenceDesk) -> None:
    desk.open(TOLL)
    desk.tick("1", "0")
    desk.shows([desk.page.get_by_text("Who commits to what?")], [False])
    reading = decode_result(desk.submit(), TOLL, SCHEMA)
    assert reading.labels == ("none",)


def test_a_sentence_can_be_skipped(desk: SentenceDesk) -> None:
    desk.import_task(TOLL)
    desk.page.goto(f"{desk.studio.url}/projects/{desk.project}/data?labeling=1")
    desk.ready()
    with desk.page.expect_response(lambda response: "/annotations" in response.url) as answer:
        desk.press("Control+Space")
    stored = answer.value.json()
    assert stored["was_cancelled"] is True
    assert [found["was_cancelled"] for found in desk.answers(stored["task"])] == [True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A😀B 𝒳 👨\u200d👩\u200d👧 cafe\u0301 <b>&amp;</b> $text: at least 36 people died.", "at least 36"),
        (ARABIC, "جنديا"),
        ("Line one.\r\nThe army lost 14 men.\r\nThe end.", "14 men"),
    ],
    ids=["emoji-nfd-markup", "right-to-left", "crlf"],
)
def test_offsets_are_code_points_of_the_text_as_it_was(desk: SentenceDesk, text: str, words: str) -> None:
    desk.open(text)
    desk.tick("1")
    desk.mark("c", words)
    reading = decode_result(desk.submit(), text, SCHEMA)
    start = text.index(words)
    assert [(span.start, span.end, span.text) for span in reading.spans] == [(start, start + len(words), words)]
    assert reading.rejects == []


def test_text_is_data(desk: SentenceDesk) -> None:
    desk.open("He said <script>document.title = 'broken'</script> $headline &lt;b&gt;.")
    shown = desk.page.locator(".tk").inner_text()
    for words in (
        "He said <script>document.title = 'broken'</script> $headline &lt;b&gt;.",
        "Ministry breaks silence <script>document.title = 'broken'</script>",
        'A <b>second</b> strike, it added, had missed: "$text" &amp; no more.',
    ):
        assert words in shown
    assert desk.page.title() != "broken"
    link = desk.page.locator(".tk-link a")
    assert link.get_attribute("href") == "https://example.org/a?b=1&c=2"


def test_right_to_left_and_long_sentences_keep_their_shape(desk: SentenceDesk) -> None:
    desk.open(ARABIC, headline="الجيش يعلن عن قتلى", before="كان ذلك يوم الثلاثاء.", after="لم يعلق أحد.")
    desk.picture("right-to-left")
    box = desk.page.locator(".tk-sentence").bounding_box()
    _, _, right = desk.box("قال")
    assert box["x"] + box["width"] - right < 30, "a right-to-left sentence begins at the right"
    desk.open(LONG)
    desk.picture("long")
    page, box = desk.page.locator(".tk").bounding_box(), desk.page.locator(".tk-sentence").bounding_box()
    assert box["width"] <= page["width"], "a long sentence wraps"
    assert box["height"] > 150
