"""Files below pages/ that are not pages by their names."""

from __future__ import annotations

import pytest

from toolkit.engine.page_source import set_aside


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Clash_files/ad.html", "page-asset"),
        ("Clash-Dateien/style.css", "page-asset"),
        ("other_files/deep/a.js", "page-asset"),
        ("news-files/a.html", None),
        ("Clash.html", None),
        ("Thumbs.db", "system-file"),
        ("in/~$Report.docx", "system-file"),
        ("story.txt~", "system-file"),
        ("__MACOSX/story.txt", "system-file"),
        ("page.html.crdownload", "system-file"),
        (".git/objects/aa", "hidden"),
        (".DS_Store", "hidden"),
        ("story.tmpl.txt", None),
    ],
)
def test_what_is_not_a_page_is_known_by_its_name(name: str, reason: str | None) -> None:
    assert set_aside(["Clash.html", name]).get(name) == reason
