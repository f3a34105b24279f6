"""Subtitles become a transcript: no times, no sounds, no line twice."""

from __future__ import annotations

import pytest

from toolkit.ingest import extract

SRT = """1
00:00:01,000 --> 00:00:03,000
The quay opened on Monday,

2
00:00:03,000 --> 00:00:05,000
<i>the council said.</i>

3
00:00:05,000 --> 00:00:06,000
[Music]

4
00:00:20,000 --> 00:00:23,000
- Nobody was hurt,
the mayor told us.
"""
VTT = """WEBVTT - Evening news

NOTE made by a machine

1
00:01.000 --> 00:03.000 align:start
<v Ada>The quay opened on Monday,</v>

00:03.000 --> 00:05.000
The quay opened on Monday,
the council said.

00:20.000 --> 00:23.000
Nobody was hurt,
the mayor told us.
"""


@pytest.mark.parametrize(("source", "raw"), [("a.srt", SRT), ("a.vtt", VTT), ("a.txt", SRT), ("a", VTT)])
def test_cues_become_paragraphs(source: str, raw: str) -> None:
    for encoded in (raw.encode(), raw.replace("\n", "\r\n").encode("utf-8-sig")):
        (article,) = extract(encoded, source=source)
        assert article.text == "The quay opened on Monday, the council said.\nNobody was hurt, the mayor told us."
