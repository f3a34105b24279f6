"""The site builds without a warning, its reference is current, and a browser opens every page and asks nobody else."""

from __future__ import annotations

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mkdocs")

ROOT = Path(__file__).parents[2]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(timeout=10)


@pytest.mark.slow
def test_the_reference_is_what_the_program_says() -> None:
    command = [sys.executable, str(ROOT / "docs" / "reference" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_every_page_is_in_the_site_under_the_name_that_a_reader_looks_for(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        assert (site / page.relative_to(ROOT / "docs").with_suffix(".html")).is_file(), page
    first = (site / "index.html").read_text(encoding="utf-8")
    for name in ("Install", "Tutorial", "How-to", "Reference", "Explanation"):
        assert re.search(rf">\s*{name}\s*<", first), name


@pytest.mark.slow
def test_a_browser_opens_every_page_and_asks_nobody_else(
    site: Path, address: str, watched: tuple[Any, list[str]]
) -> None:
    page, faults = watched
    for name in sorted(found.relative_to(site).as_posix() for found in site.rglob("*.html")):
        page.goto(f"{address}/{name}", wait_until="load")
        assert page.locator("h1").count() == 1, name
    assert faults == []


@pytest.mark.slow
def test_a_site_that_is_opened_as_files_can_be_searched(site: Path, watched: tuple[Any, list[str]]) -> None:
    page, faults = watched
    page.goto((site / "how-to" / "team.html").as_uri())
    page.locator("input[name=query]").press_sequentially("hydrate")  # the page listens to keys
    page.wait_for_selector(".md-search-result__item", state="attached")
    assert faults == []
