"""What broke other readers, by the reports of their users: the detail is lost at most, and never its article."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from toolkit.ingest.extraction import read
from toolkit.suggest.chat_client import _patience

ATTACK = Path(__file__).parents[2] / "scripts" / "bench" / "attack"
PROSE = "The ferry left the old pier on Monday morning with forty people on board. It came back at night."


def mail(head: str) -> bytes:
    return f"From: a@b.example\nSubject: Ferry\n{head}\n\n{PROSE}\n".encode()


def markdown(date: str) -> bytes:
    return f"---\ntitle: Ferry\ndate: {date}\n---\n\n{PROSE}\n".encode()


def row(date: str) -> bytes:
    return json.dumps({"title": "Ferry", "text": PROSE, "published_at": date}).encode()


@pytest.mark.parametrize(
    ("source", "content", "date"),
    [
        ("a.eml", mail("Date: Mon, 20 Nov 9999999999 12:00:00 +0000"), None),
        ("a.eml", mail("Date: 06-MAY-2022 14:55:49"), "2022-05-06T14:55:49"),
        ("a.eml", mail("Message-ID: <[b378dfc50603435b@microsoft.com]>"), None),
        ("a.eml", mail("Cc: example@gmail.com,"), None),
        ("a.jsonl", row("Mon, 20 Nov 9999999999 12:00:00 +0000"), None),
        ("a.md", markdown("2016-25-35"), None),
        ("a.md", markdown("tuesday"), None),
        ("a.md", markdown("2024-01-15"), "2024-01-15"),
    ],
    ids=[
        "python/cpython#153406",
        "run-llama/llama_index#6247",
        "ehaupt/cleanup-maildir#7",
        "ietf-tools/mailarchive#3510",
        "python/cpython#153406 in a row",
        "jekyll/jekyll#4375 a month",
        "jekyll/jekyll#4375 a word",
        "pvliesdonk/markdown-vault-mcp#67",
    ],
)
def test_a_bad_date_or_header_costs_no_article(source: str, content: bytes, date: str | None) -> None:
    (article,) = read(content, source=source).articles
    assert (article.title, article.published_at) == ("Ferry", date)
    assert PROSE in article.text


def test_a_record_without_an_address_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """webrecorder/warcio#203."""
    monkeypatch.syspath_prepend(ATTACK)
    warc: Callable[[bytes], bytes] = __import__("hostile_files").warc
    record = warc(f"<html><body><article><h1>Ferry</h1><p>{PROSE}</p></article></body></html>".encode())
    without = record.replace(b"WARC-Target-URI: http://x.example/a\r\n", b"")
    assert len(without) < len(record)
    assert len(read(without + record, source="a.warc").articles) == 2
    assert "hostile_files" in sys.modules


@pytest.mark.parametrize(
    ("said", "seconds"), [("Mon, 20 Nov 9999999999 12:00:00 +0000", 3.0), ("nan", 0.0), ("7", 7.0)]
)
def test_what_is_no_time_to_wait_is_not_believed(said: str, seconds: float) -> None:
    assert _patience(httpx.Response(429, headers={"Retry-After": said}), 3.0) == seconds
