"""What a person does at the labelling page of a sentence, and the server behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from browser import Desk, signed_in

from toolkit.labelstudio.codec.label_config import DATA, render_config
from toolkit.labelstudio.server.embedded import Studio
from toolkit.schema import Schema, instructions

PICTURES = os.environ.get("TOOLKIT_SCREENSHOTS")  # a folder: keep pictures of the page for the documentation

TICKED = """() => [...document.querySelectorAll('.tk input[type=checkbox], .tk input[type=radio]')]
  .map(box => (box.checked ? 1 : 0) + (box.offsetParent ? 2 : 0)).join('')"""
"""Which boxes are ticked, and which are shown."""


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
            "article": "The first paragraph.\n\nThe second <b>one</b>.",
            "place": "¶ 12 / 163",
            "sentence_id": "s",
            "text_sha256": "0",
            **data,
        }
        assert set(shown) == set(DATA)
        url = f"/api/projects/{self.project}/import?return_task_ids=true"
        task: int = self.api.post(url, json=[{"data": shown}]).raise_for_status().json()["task_ids"][0]
        return task

    def box(self, words: str) -> tuple[float, float, float]:
        """Return where words are, once the sentence is in view."""
        self.page.locator(self.area).scroll_into_view_if_needed()
        return super().box(words)

    def stream(self) -> None:
        """Open the labelling stream, as annotators do."""
        self.page.goto(f"{self.studio.url}/projects/{self.project}/data?labeling=1")
        self.page.wait_for_selector(".tk-sentence .lsf-richtext__line")

    def drag(self, words: str) -> None:
        """Drag over words with the mouse."""
        left, middle, right = self.box(words)
        self.page.mouse.move(left + 1, middle)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, middle, steps=4)
        self.page.mouse.move(right - 1, middle, steps=4)
        self.page.mouse.up()

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
        self.drag(words)
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
        from playwright.sync_api import expect

        for part, seen in zip(parts, visible, strict=True):
            expect(part).to_be_visible(visible=seen, timeout=60_000)

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


@contextmanager
def sentence_desk(studio: Studio, schema: Schema, title: str) -> Iterator[SentenceDesk]:
    """Make a project with the page of a schema, and open it as a person does."""
    headers = {"Authorization": f"Token {studio.token}"}
    with signed_in(studio) as page, httpx.Client(base_url=studio.url, headers=headers, timeout=60) as api:
        config = render_config(schema)
        settings = {
            "title": title,
            "label_config": config,
            "expert_instruction": instructions(schema).strip(),
            "enable_empty_annotation": True,
        }
        project = api.post("/api/projects", json=settings).raise_for_status().json()["id"]
        api.post(f"/api/projects/{project}/validate", json={"label_config": config}).raise_for_status()
        yield SentenceDesk(page, studio, project, api)
