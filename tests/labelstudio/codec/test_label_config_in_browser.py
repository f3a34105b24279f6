"""The rendered page in a real browser, on a real server: what a person does is what comes back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from browser import Desk, signed_in

from toolkit.labelstudio.codec.decode import decode_result
from toolkit.labelstudio.codec.label_config import DATA, render_config
from toolkit.labelstudio.server.embedded import Studio
from toolkit.records import Relation
from toolkit.schema import load, validate

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.studio, pytest.mark.slow]

SCHEMA = load("news_events@1.0.0")
PICTURES = os.environ.get("TOOLKIT_SCREENSHOTS")  # a folder: keep pictures of the page for the documentation

TOLL = "The ministry said that at least 14 soldiers were killed and dozens wounded."
RANGE = "The ministry said that between 14 and 20 soldiers were killed and dozens wounded."
LONG = "The ministry, " + "silent through a week of questions from parliament and from the press, " * 9 + TOLL[13:]
ARABIC = "قال الجيش إن 14 جنديا قتلوا."

TICKED = """() => [...document.querySelectorAll('.tk input[type=checkbox], .tk input[type=radio]')]
  .map(box => (box.checked ? 1 : 0) + (box.offsetParent ? 2 : 0)).join('')"""
"""Which boxes are ticked, and which are shown."""

sync_api.expect.set_options(timeout=60_000)


class SentenceDesk(Desk):
    """What a person does at the page, and the server behind it."""

    def __init__(self, page: Any, studio: Studio, project: int, api: httpx.Client) -> None:
        super().__init__(page, ".tk-sentence")
        self.studio, self.project, self.api = studio, project, api

    def import_task(self, text: str, **data: str) -> int:
        shown = {
            "text": text,
            "before": "The ministry had been silent for a week.",
            "after": 'A <b>second</b> strike, it added, had missed: "$text" &amp; no more.',
            "headline": "Ministry breaks silence <script>document.title = 'broken'</script>",
            "publisher": "The Coast Times",
            "date": "12 March 2031",
            "link": '<a href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener">example.org</a>',
            "sentence_id": "s",
            "text_sha256": "0",
            **data,
        }
        assert set(shown) == set(DATA)
        url = f"/api/projects/{self.project}/import?return_task_ids=true"
        task: int = self.api.post(url, json=[{"data": shown}]).raise_for_status().json()["task_ids"][0]
        return task

    def open(self, text: str, **data: str) -> int:
        """Import one task and open it."""
        task = self.import_task(text, **data)
        self.page.goto(f"{self.studio.url}/projects/{self.project}/data?task={task}")
        self.ready()
        return task

    def ready(self) -> None:
        """Wait until the page is drawn and takes keys, which it does some time after."""
        self.page.wait_for_selector("[data-testid=bottombar-submit-button]")
        self.page.wait_for_selector(".tk-sentence .lsf-richtext__line")
        self.page.keyboard.press("Escape")
        self.until(lambda: self.page.keyboard.press("s"), "document.querySelector('.lsf-label_selected')")
        self.until(lambda: self.page.keyboard.press("s"), "!document.querySelector('.lsf-label_selected')")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tick(self, *keys: str) -> None:
        """Press keys of choices, each of which changes what is ticked."""
        for key in keys:
            before = self.page.evaluate(TICKED)
            self.page.keyboard.press(key)
            self.page.wait_for_function(f"before => ({TICKED})() !== before", arg=before)

    def unselect(self) -> None:
        selected = "document.querySelector('.lsf-label_selected, .tk-sentence .__active')"
        self.until(lambda: self.press("Escape"), f"!{selected}")

    def mark(self, key: str, words: str) -> None:
        """Arm a span label by its key and drag over words; then nothing is selected."""
        self.until(lambda: self.press(key), "document.querySelector('.lsf-label_selected')")
        spans = self.page.locator(".tk-sentence .htx-highlight").count()
        left, middle, right = self.box(words)
        self.page.mouse.move(left + 1, middle)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, middle, steps=4)
        self.page.mouse.move(right - 1, middle, steps=4)
        self.page.mouse.up()
        self.page.wait_for_function(
            "spans => document.querySelectorAll('.tk-sentence .htx-highlight').length > spans", arg=spans
        )
        self.unselect()

    def select(self, words: str) -> None:
        """Click a marked span, which shows its fields."""
        self.click(words)
        self.page.wait_for_selector(".tk-sentence .__active")

    def link(self, words: str) -> None:
        """Lead a relation from the selected span to another one; then nothing is selected."""
        self.press("Alt+r")
        self.click(words)
        self.page.wait_for_function("Htx.annotationStore.selected.relationStore.relations.length > 0")
        self.unselect()

    def fill(self, field: str, number: int) -> None:
        self.page.fill(f"input[name={field}]", str(number))
        self.page.evaluate("document.activeElement.blur()")

    def submit(self) -> list[dict[str, Any]]:
        """Submit and return the result that the server stored."""
        with self.page.expect_response(
            lambda response: response.url.endswith("/annotations") or "/annotations?" in response.url
        ) as answer:
            self.press("Control+Enter")
        stored: list[dict[str, Any]] = answer.value.json()["result"]
        return stored

    def warning(self) -> str:
        """Submit, expect to be refused, and return the words of the refusal."""
        box = "document.querySelector('.ant-modal-confirm-content')?.offsetParent"
        self.until(lambda: self.press("Control+Enter"), box)
        words: str = self.page.locator(".ant-modal-confirm-content").inner_text()
        self.until(lambda: self.press("Escape"), f"!{box}")
        return words

    def shows(self, parts: Sequence[Any], visible: Sequence[bool]) -> None:
        """Wait until some parts of the page are to be seen, and the others are not."""
        for part, seen in zip(parts, visible, strict=True):
            sync_api.expect(part).to_be_visible(visible=seen)

    def answers(self, task: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get(f"/api/tasks/{task}").raise_for_status().json()["annotations"]
        return found

    def picture(self, name: str) -> None:
        """Keep a picture of the page without the list of tasks, which annotators do not see."""
        if PICTURES:
            left = self.page.locator(".tk").bounding_box()["x"] - 12
            size = self.page.viewport_size
            clip = {"x": left, "y": 0, "width": size["width"] - left, "height": size["height"]}
            self.page.screenshot(path=str(Path(PICTURES) / f"page-{name}.png"), clip=clip)


@pytest.fixture(scope="module")
def desk(studio: Studio) -> Iterator[SentenceDesk]:
    headers = {"Authorization": f"Token {studio.token}"}
    with signed_in(studio) as page, httpx.Client(base_url=studio.url, headers=headers, timeout=60) as api:
        config = render_config(SCHEMA)
        made = api.post("/api/projects", json={"title": "page in browser", "label_config": config}).raise_for_status()
        project = made.json()["id"]
        api.post(f"/api/projects/{project}/validate", json={"label_config": config}).raise_for_status()
        yield SentenceDesk(page, studio, project, api)


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
