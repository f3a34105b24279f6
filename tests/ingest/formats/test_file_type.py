"""What is not known to be prose or a container is refused by its name, with the way on."""

from __future__ import annotations

import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import extract
from toolkit.ingest.formats.file_type import file_type

PROSE = b"Ferry line reopens\nThe ferry sailed on Monday, the council said. It was full.\n"

CODE = {
    "stylesheet": b"body{color:red}\n.a { margin: 0 auto;\n  padding: 2px 3px;\n}\n@media print {\n .b {x: 1}\n}\n",
    "script": b'!function(e,t){"use strict";var n=e.x;return t(n),n}(window,function(e){return e});',
    "program code": b"import os\nfrom a import b\n\ndef f(x):\n    y = x + 1\n    return y\n\nprint(f(3))\n",
    "log": b"2024-03-12 09:30:00,123 INFO fetched a\n2024-03-12 09:30:01 ERROR failed\n2024-03-12 09:30:02 done\n",
    "settings": b"name: crawler\nseeds:\n  - https://a.example\n  - https://b.example\ndepth: 3\n",
    "list of addresses": b"https://a.example/1\nhttps://a.example/2\n",
    "difference between files": b"diff --git a/x b/x\nindex 12..45\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-old\n+new\n",
}


@pytest.mark.parametrize("name", ["notes.txt", "notes"])
@pytest.mark.parametrize("what", list(CODE))
def test_what_is_no_prose_is_refused_whatever_its_name(what: str, name: str) -> None:
    with pytest.raises(InvalidInput, match=what) as refused:
        extract(CODE[what], source=name)
    assert (refused.value.where, bool(refused.value.remedy)) == (name, True)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.css", "a stylesheet"),
        ("app.js.download", "a script"),
        ("a.yaml", "settings"),
        ("run.log", "a log"),
        ("a.py", "code"),
    ],
)
def test_a_name_of_code_is_believed(name: str, what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        extract(PROSE, source=name)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"PK\x05\x06" + bytes(18), "an empty zip archive"),
        (b"Rar!\x1a\x07\x01", "a RAR archive"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"SQLite format 3\0", "a database|an SQLite database"),
        (b"\0" * 257 + b"ustar\0", "a tar archive"),
    ],
)
def test_bytes_that_can_be_one_thing_only_count_more_than_the_name(raw: bytes, what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        file_type(raw, source="article.txt")


@pytest.mark.parametrize(
    ("raw", "name", "found"),
    [
        (b"<!doctype html><p>A</p>", "page.txt", "html"),
        (b'{"title": "A", "text": "B"}\n{"title": "C"}\n', "rows.txt", "jsonl"),
        (b'[{"title": "A"}]', "rows", "json"),
        (b'{"title": "A"}', "page.html", "json"),
        (PROSE, "story.2024", "text"),
        (b"title,text\nA,B\n", "rows.txt", "csv"),
        (b"<p>The ferry sailed on Monday.</p><p>It was full.</p>", "page.txt", "html"),
        (PROSE, "rows.json", "text"),
    ],
)
def test_a_lying_name(raw: bytes, name: str, found: str) -> None:
    assert file_type(raw, source=name) == found


def test_markup_that_is_no_html_is_refused() -> None:
    with pytest.raises(InvalidInput, match="markup that is not known"):
        extract(b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L10 10"/></svg>', source="a.txt")


def test_an_unknown_ending_needs_prose() -> None:
    with pytest.raises(InvalidInput, match=r"no prose, and files that end in \.dat are not known"):
        extract(b"12 13 14\n15 16 17\n", source="x.dat")
    for raw in (b"12 13 14\n15 16 17\n", b"requests==2.31.0\nlxml\npandas~=2.0\n", b"cd /tmp\nls -la\n"):
        with pytest.raises(InvalidInput, match="no prose: not a line of it is a sentence"):
            extract(raw, source="notes.txt")


@pytest.mark.parametrize(
    "text",
    [
        "Q: What happened?\nA: Eleven soldiers died.\nQ: Where?\nA: Near Orlino.\n",
        "09:30 The ministry said eleven died.\n10:15 The opposition denied it.\n11:00 Talks resumed.\n",
        "2024-03-12 09:30 The ministry said that eleven had died.\n2024-03-12 10:15 The opposition denied it at once.\n"
        "2024-03-12 11:00 Talks resumed in Vesk, it said.\n",
        "Der Code lautet:\nx = 3\nDas sagte der Minister am Montag in Berlin.\n",
        "- The first item of the news is here\n- The second item\n- The third one\n",
        "Взрыв прогремел в городе.\nПогибли трое.\nОб этом сообщили власти.\n",
    ],
)
def test_prose_in_odd_forms_stays_prose(text: str) -> None:
    assert file_type(text.encode(), source="a.txt") == "text"
