"""Every command and every block of code in the documentation is executed, and prints what the page says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from blocks import blocks, missing, program, shown

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if blocks(page) and page.name != "tutorial.md")

pytestmark = [pytest.mark.studio, pytest.mark.slow]


def test_the_tutorial_ends_in_a_release_that_loads(followed: tuple[Path, str]) -> None:
    project, printed = followed
    assert not missing(shown(DOCS / "tutorial.md"), printed), printed
    assert sorted(release.name for release in (project / "releases").iterdir()) == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_what_a_page_shows_is_what_happens(page: Path, followed: tuple[Path, str], follow, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    copy = tmp_path / "my-project"
    shutil.copytree(followed[0], copy)
    printed = follow(page, copy)
    assert not missing(shown(page), printed), printed


def test_a_block_of_an_unknown_kind_is_not_passed_over(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ true\n```\n\n```ruby\nexit 1\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match="ruby"):
        program(page)


def test_a_line_that_was_not_printed_is_missing() -> None:
    lines = ["push   253 sent", "took 3 … in all", "gone"]
    assert missing(lines, "push 253   sent\ntook 3 of 4 in all   [0.1 s]\n") == ["gone"]
