"""A real browser for the tests: Debian's Chromium, and what every person does at a labelling page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from toolkit.labelstudio.server.embedded import Studio

CHROMIUM = Path(os.environ.get("TOOLKIT_CHROMIUM", "/usr/bin/chromium"))
PATIENCE = 12  # times five seconds

_BOX_OF_WORDS = """([area, needle]) => {
  const walker = document.createTreeWalker(document.querySelector(area), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(needle);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + needle.length);
    const box = range.getBoundingClientRect();
    return [box.left, box.top + box.height / 2, box.right];
  }
  return null;
}"""


@contextmanager
def new_page(tested: str, **how: Any) -> Iterator[Any]:
    """Open an empty page of a browser; without one the test is skipped loudly, and fails where CI is set.

    Args:
        tested: What is not tested without it, for the message.
        how: Of the page, such as its viewport.
    """
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(CHROMIUM)
        pytest.skip(f"NO BROWSER, {tested} NOT TESTED: {CHROMIUM} is missing (apt-get install chromium)")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser.new_page(**how)
        browser.close()


@contextmanager
def signed_in(studio: Studio, *, width: int = 1400) -> Iterator[Any]:
    """Open a page of a Label Studio server, as its user."""
    with new_page("THE PAGE IS", viewport={"width": width, "height": 1200}) as page:
        page.set_default_timeout(60_000)
        page.goto(f"{studio.url}/user/login")
        page.fill("input[name=email]", studio.email)
        page.fill("input[name=password]", studio.password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda address: "/user/login" not in address)
        yield page


class Desk:
    """What a person does at any labelling page.

    Args:
        page: The page.
        area: Selector of the part that shows the words.
    """

    def __init__(self, page: Any, area: str) -> None:
        self.page, self.area = page, area

    def until(self, act: Callable[[], object], condition: str) -> None:
        """Act, and once more where the page has not taken it in after a while, until a condition holds."""
        from playwright.sync_api import TimeoutError as PlaywrightTimeout

        for _ in range(PATIENCE):
            act()
            try:
                self.page.wait_for_function(condition, timeout=5_000)
            except PlaywrightTimeout:
                continue
            return
        raise TimeoutError(f"the page never came to: {condition}")

    def box(self, words: str) -> tuple[float, float, float]:
        """Return the left edge, the middle height and the right edge of words."""
        left, middle, right = self.page.evaluate(_BOX_OF_WORDS, [self.area, words])
        return left, middle, right

    def click(self, words: str) -> None:
        """Click in the middle of words."""
        left, middle, right = self.box(words)
        self.page.mouse.click((left + right) / 2, middle)
