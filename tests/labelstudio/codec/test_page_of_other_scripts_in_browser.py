"""An annotator's day on a page in another script: titles, keys, fields, a relation, a phone; on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sentence_desk import SentenceDesk, sentence_desk

from toolkit.labelstudio.casualty_figures import read_figures
from toolkit.labelstudio.codec.decode import decode_result
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.server.embedded import Studio
from toolkit.records import Relation
from toolkit.schema import Schema, instructions, load, parse

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.studio, pytest.mark.slow]

TEXT = "Міністерство заявило, що щонайменше 14 солдатів убито."
MORE = "\n".join(
    f"""  - id: topic_{number}
    title: Тема {number}
    layer: act
    rule: Йдеться про тему {number}.
    positives:
      - {{text: "Перше {number}.", labels: [topic_{number}]}}
      - {{text: "Друге {number}.", labels: [topic_{number}]}}
    near_misses: [{{text: "Третє {number}.", labels: [none]}}, {{text: "Четверте {number}.", labels: [none]}}]"""
    for number in range(58)
)
YAML = f"""
name: podiji
version: 1.0.0
title: Твердження
description: Чи стверджує речення щось?
language: uk
layers: [{{id: act, title: Хто що каже?}}, {{id: nothing, title: Чи нічого з цього?}}]
labels:
  - id: claim
    title: Твердження
    layer: act
    rule: Джерело стверджує факт.
    positives: [{{text: "А сказав Б.", labels: [claim]}}, {{text: "В сказав Г.", labels: [claim]}}]
    near_misses: [{{text: "Дощ.", labels: [none]}}, {{text: "Сніг.", labels: [none]}}]
  - id: none
    title: Жодне
    layer: nothing
    exclusive: true
    rule: Нічого.
    positives: [{{text: "Дощить.", labels: [none]}}, {{text: "Сніжить.", labels: [none]}}]
    near_misses: [{{text: "Д сказав Е.", labels: [claim]}}, {{text: "Є сказав Ж.", labels: [claim]}}]
{MORE}
spans:
  - id: FIGURE
    title: Кількість
    rule: Число людей.
    hotkey: f
    attributes:
      - {{id: low, title: Найменше, type: number, minimum: 0}}
      - id: harm
        title: Що сталося?
        type: choice
        required: true
        choices: [killed, wounded]
        titles: [убито, поранено]
  - {{id: SOURCE, title: Джерело, rule: Хто каже., hotkey: s}}
relations:
  - {{id: said_by, title: сказано, head: [FIGURE], tail: [SOURCE], rule: Від числа до джерела.}}
"""

CHOOSE = """words => {
  const walker = document.createTreeWalker(document.querySelector('.tk-sentence'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + words.length);
  }
}"""
"""Chooses words, as a long press and the handles of a phone do."""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return parse(YAML)


@pytest.fixture
def desk(studio: Studio, schema: Schema) -> Iterator[SentenceDesk]:
    with sentence_desk(studio, schema, "page in Ukrainian") as opened:
        yield opened


def test_a_day_in_another_script_with_sixty_labels(desk: SentenceDesk, schema: Schema) -> None:
    task = desk.open(TEXT)
    shown = desk.page.locator(".tk").inner_text()
    for words in ("Кількість", "Джерело", "Твердження", "Тема 57", "¶ 12 / 163", "Уся стаття"):
        assert words in shown
    for code in ("FIGURE", "SOURCE", "topic_57"):
        assert code not in shown
    assert desk.page.get_by_placeholder("Є сумніви").is_visible()

    # an empty answer is refused in the schema's language, by the button as by the key
    desk.page.click("[data-testid=bottombar-submit-button]")
    box = desk.page.locator(".ant-modal-confirm-content")
    box.wait_for()
    assert box.inner_text() == "Позначте хоча б одну мітку. Якщо жодна інша не підходить: Жодне."
    desk.until(lambda: desk.press("Escape"), "!document.querySelector('.ant-modal-confirm-content')?.offsetParent")
    assert desk.answers(task) == []

    # the article unfolds
    article = desk.page.get_by_text("The second <b>one</b>.")
    desk.shows([article], [False])
    desk.page.click(".tk-article .ant-collapse-header")
    desk.shows([article], [True])

    # keys of sixty labels, of spans and fields do one thing each
    keys = desk.page.evaluate(
        "[...Htx.annotationStore.selected.names.values()].flatMap(one => one.children || [])"
        ".filter(one => one.hotkey).map(one => one.hotkey)"
    )
    assert len(keys) == 64
    assert len(set(keys)) == 64

    desk.mark("f", "щонайменше 14")
    desk.mark("s", "Міністерство")
    desk.select("щонайменше 14")
    desk.fill("figure_low", 14)
    desk.page.locator(".tk-choice .lsf-choice", has_text="убито").locator("input").check()
    desk.link("Міністерство")
    desk.page.locator(".tk-questions .lsf-choice", has_text="Тема 57").locator("input").check()
    desk.tick("1")
    reading = decode_result(desk.submit(), TEXT, schema)
    assert reading.rejects == []
    assert reading.labels == ("claim", "topic_57")
    figure, source = sorted(reading.spans, key=lambda span: span.label)
    assert (figure.label, figure.text, figure.attributes) == ("FIGURE", "щонайменше 14", {"low": 14, "harm": "killed"})
    assert (source.label, source.text) == ("SOURCE", "Міністерство")
    assert reading.relations == (Relation(label="said_by", head=figure.span_id, tail=source.span_id),)


def test_a_fresh_span_is_selected_once_a_person_has_asked_for_it(desk: SentenceDesk) -> None:
    """The server has no setting for it: the instructions ask each person to switch it on in their browser."""
    desk.open(TEXT)
    desk.page.click("[data-testid=bottombar-settings-button]")
    desk.page.get_by_text("Select region after creating it").click()
    desk.page.wait_for_function("JSON.parse(localStorage['labelStudio:settings'] || '{}').selectAfterCreate === true")
    desk.open(TEXT)  # the browser remembers it
    desk.until(lambda: desk.press("f"), "document.querySelector('.lsf-label_selected')")
    desk.drag("щонайменше 14")
    desk.page.wait_for_selector(".tk-sentence .__active")
    desk.shows([desk.page.locator("input[name=figure_low]")], [True])
    desk.page.evaluate("localStorage.removeItem('labelStudio:settings')")


def test_the_stream_counts_and_begins_with_instructions_that_have_air(desk: SentenceDesk, schema: Schema) -> None:
    api, path = desk.api, f"/api/projects/{desk.project}/"
    api.patch(path, json={"show_instruction": True}).raise_for_status()
    assert api.get(path).json()["expert_instruction"] == instructions(schema).strip()
    for _ in range(3):
        desk.import_task(TEXT)
    desk.stream()
    title = desk.page.get_by_role("heading", name="Перед першим реченням", level=2)
    title.wait_for()
    below = desk.page.get_by_role("heading", name="Хто що каже?", level=2).bounding_box()
    rule = title.locator("xpath=following-sibling::p[1]").bounding_box()
    assert below["y"] - (rule["y"] + rule["height"]) > 30, "a blank line and a rule part the chapters"
    total = api.get(path).json()["queue_total"]
    count = desk.page.locator(".lsf-current-task__task-count").inner_text()
    assert count.split() == [str(1 + api.get(path).json()["queue_done"]), "of", str(total)]
    api.patch(path, json={"show_instruction": False}).raise_for_status()


def test_on_a_phone_everything_is_in_reach(desk: SentenceDesk) -> None:
    desk.import_task(TEXT)
    page = desk.page
    page.set_viewport_size({"width": 390, "height": 1200})
    desk.stream()
    wide = page.locator(".tk").bounding_box()
    assert wide["x"] < 20
    assert wide["width"] > 350
    for name in ("bottombar-submit-button", "bottombar-skip-button"):
        box = page.locator(f"[data-testid={name}]").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.locator(".tk-sentence").bounding_box()["width"] < 390

    # by touch: arm the label, choose words as for copying (the system's handles do that), tap what is chosen
    desk.ready()
    finger = page.context.new_cdp_session(page)

    def tap(x: float, y: float) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    button = page.locator(".tk-bar .lsf-label").first.bounding_box()
    tap(button["x"] + 8, button["y"] + 8)
    page.wait_for_selector(".lsf-label_selected")
    left, middle, right = desk.box("14")
    page.evaluate(CHOOSE, "14")
    tap((left + right) / 2, middle)
    page.wait_for_selector(".tk-sentence .htx-highlight")
    choice = page.locator(".tk-questions .lsf-choice").first
    choice.scroll_into_view_if_needed()
    box = choice.locator("input").bounding_box()
    tap(box["x"] + 5, box["y"] + 5)
    page.wait_for_selector(".tk-questions input:checked")


def test_a_full_figure_costs_at_most_eight_keys_and_one_drag(studio: Studio) -> None:
    """From the open page to the stored answer, labels and submit included, every field of the figure filled.

    A suggested one: number, qualifier, harm and party are what the words say. One that nobody suggested is dragged
    over; its numbers and its party are filled in from the words with the pull.
    """
    schema = load("news_events")
    full = {field.id for span in schema.spans if span.id == "FIGURE" for field in span.attributes}
    full -= {"high", "low_open", "high_open"}  # "at least 14" has none of these
    suggested = "The ministry said that at least 14 soldiers were killed."
    drawn = "The ministry said that at least 14 soldiers were no more."
    assert read_figures(drawn, "en", schema) == ()
    with sentence_desk(studio, schema, "figures suggested") as desk:
        task = desk.import_task(suggested)
        spans = read_figures(suggested, "en", schema)
        body = {"task": task, "model_version": "figures", "result": encode_result(schema, spans=spans)}
        desk.api.post("/api/predictions/", json=body).raise_for_status()
        settings = {"model_version": "figures", "show_collab_predictions": True}
        desk.api.patch(f"/api/projects/{desk.project}/", json=settings).raise_for_status()
        desk.stream()
        desk.ready()
        desk.page.wait_for_selector(".tk-sentence .htx-highlight")
        desk.press("Alt+.")
        desk.page.wait_for_selector(".tk-sentence .__active")
        keys = ("v", "Shift+Q", "Shift+A", "1", "5")
        desk.tick(*keys)
        accepted = decode_result(desk.submit(), suggested, schema)
        assert len(("Alt+.", *keys, "Control+Enter")) == 7

        desk.page.evaluate("localStorage['labelStudio:settings'] = JSON.stringify({selectAfterCreate: true})")
        desk.open(drawn)
        desk.until(lambda: desk.press("f"), "document.querySelector('.lsf-label_selected')")
        desk.drag("at least 14")
        desk.page.wait_for_selector(".tk-sentence .__active")
        keys = ("a", "v", "Shift+Q", "Shift+A", "1", "5")
        desk.tick(*keys)
        marked = decode_result(desk.submit(), drawn, schema)
        desk.page.evaluate("localStorage.removeItem('labelStudio:settings')")
        assert len(("f", *keys, "Control+Enter")) == 8
    said = {"low": 14, "qualifier": "at_least", "harm": "killed", "affected_party": "soldiers"}
    said |= {"status": "combatant", "scope": "incident", "stance": "asserted"}
    assert full == said.keys()
    for reading, filled in ((accepted, set()), (marked, {"low", "qualifier", "affected_party"})):
        assert reading.rejects == []
        assert reading.labels == ("casualty_figure", "claim")
        (figure,) = reading.spans
        assert figure.text == "at least 14"
        assert figure.attributes == {name: value for name, value in said.items() if name not in filled}
