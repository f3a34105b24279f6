"""Subtitles and transcripts (SubRip, WebVTT): what is said, cue by cue, put together into paragraphs.

Captions that roll repeat the line above; it counts once. A pause begins a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.ingest.documents.office import damaged
from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.formats.raw_page import RawPage, Rows

_CUE = re.compile(r"\s*+(?:\d++[^\S\n]*+\n\s*+)?(?:\d+:)?\d\d:\d\d[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d\d:\d\d[.,]\d{1,3}")
_SOUND = re.compile(r"[\[(（♪].*[\])）♪]|[♪♫\s]+")
_SPEAKER = re.compile(r"(?:>>+|[-–—])\s*")
_ASIDE = re.compile(r"(?m)^(?:NOTE|STYLE|REGION)\b[^\n]*(?:\n(?!\n)[^\n]*)*")  # blocks that WebVTT keeps for itself
_PAUSE = 4000  # milliseconds
_LONG = 600  # code points of a paragraph, from which on the end of a sentence ends it


def is_subtitles(text: str) -> bool:
    """Return whether a text is subtitles: it begins with WEBVTT, or with a cue."""
    return text.lstrip("\ufeff").startswith("WEBVTT") or _CUE.match(text.lstrip("\ufeff")) is not None


def transcript(raw: bytes, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the page of a file of subtitles.

    Raises:
        InvalidInput: It is damaged.
    """
    import pysubs2

    text = decode(raw).text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("WEBVTT"):
        text = _ASIDE.sub("", text)
    with damaged("subtitles", source):
        cues = pysubs2.SSAFile.from_string(text, format_="vtt" if text.startswith("WEBVTT") else "srt")
    paragraphs = [""]
    last_line, end = "", 0
    for cue in cues:
        pause = cue.start - end > _PAUSE
        for line in _lines(cue.plaintext):
            if line == last_line:
                continue
            bare = _SPEAKER.sub("", line, count=1) if _SPEAKER.match(line) else line
            said = paragraphs[-1]
            finished = said.endswith((".", "!", "?", "…", "。", "؟"))
            if said and (pause or bare != line or (finished and len(said) > _LONG)):
                paragraphs.append(bare)
            else:
                paragraphs[-1] = f"{said} {bare}".strip()
            last_line, pause = line, False
        end = max(end, cue.end)
    said = "\n".join(filter(None, paragraphs))
    yield Rows(source, most_bytes).page({"text": said}, aside=None if said else "subtitles without words")


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\\N", "\n").split("\n"):
        bare = " ".join(re.sub(r"<[^<>]{1,80}>", "", line).replace("&nbsp;", " ").split())
        if bare and not _SOUND.fullmatch(bare):
            yield bare
