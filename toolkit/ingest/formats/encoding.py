"""The encoding of a page, and its characters with the bytes of each.

The encoding is chosen in this order: a byte order mark; UTF-16 without a mark, known by its blanks; UTF-8, if the
bytes are valid; the declaration of the page (HTTP header, `<meta charset>`); a detector, if it explains more of the
bytes than UTF-8 does; else UTF-8 with one U+FFFD per malformed run. Declarations of stateful encodings (UTF-7,
ISO-2022) are ignored: a piece of such a page can't be read by itself.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from toolkit.ingest.language_identification import identify

Offsets = npt.NDArray[np.int64]

REPLACEMENT = "\ufffd"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"""<(?:meta\b[^>]{0,200}?\bcharset|\?xml\b[^>]{0,100}?\bencoding)\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{2,40})""",
    re.I,
)
_META_WINDOW = 4096  # the HTML Living Standard says 1024 bytes; real pages have the declaration later
_SINGLE_BYTE = re.compile(r"iso8859|cp12\d\d|cp8\d\d|latin|koi8|mac|ascii|tis")
_STATEFUL = re.compile(r"utf-7|iso2022|hz|idna|punycode|escape|undefined|mbcs|oem|utf-8-sig|utf-16$|utf-32$")
_WHATWG = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_DETECT_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's characters and where each one's bytes lie.

    Attributes:
        text: The characters, byte order mark dropped; each malformed run of bytes is one U+FFFD.
        encoding: Python's name of the encoding.
        bounds: Length len(text) + 1; character i was read from bytes bounds[i]:bounds[i + 1].
        malformed: Byte ranges that the encoding does not allow, in order.
        marked: The page begins with a byte order mark.
    """

    text: str
    encoding: str
    bounds: Offsets
    malformed: tuple[tuple[int, int], ...] = ()
    marked: bool = False


def decode(raw: bytes, *, declared: str | None = None, html: bool = False) -> Decoded:
    """Decode a page.

    Args:
        raw: The page's bytes.
        declared: The encoding that a transport header names.
        html: Look for a declaration in the page itself.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decode_as(raw, encoding, skip=len(mark))
    if second := _second_encoding(raw):
        return _mixed(raw, second)
    return _decode_as(raw, _choose(raw, declared, html=html))


def _second_encoding(raw: bytes) -> str | None:
    """Return the encoding of the lines that are not UTF-8, where others are; None for a page in one encoding.

    Texts that were put together from several sources have such lines. Chance hardly makes a line with characters beyond
    ASCII well-formed in UTF-8; damaged UTF-8 has no letters of a Western language in its broken bytes.
    """
    if raw.isascii() or b"\n" not in raw:
        return None
    if _is_utf8(raw):
        return None
    sound, broken = 0, []
    for line in raw[:_DETECT_BYTES].split(b"\n"):
        if _is_utf8(line):
            sound += not line.isascii()
        else:
            broken.append(line)
    if not sound or not broken or b"\0" in raw[:_DETECT_BYTES]:
        return None
    odd = [line[start:end] for line in broken for start, end in _tolerant(line, "utf-8")[1]]
    if len(odd) < _LEAST_ODD or any(part.strip(_WESTERN_LETTERS) for part in odd):
        return None
    found = _detected(b"\n".join(broken))
    return found if found and found.startswith("cp12") else None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


_LEAST_ODD = 3
_WESTERN_LETTERS = "äöüßÄÖÜéèêëàâçîïôûùÉÈÀáíóúñÁÍÓÚÑãõìòåæøœŒ€…‘’“”–—•°«»¿¡".encode("cp1252")


def _mixed(raw: bytes, second: str) -> Decoded:
    """Decode a page line by line: as UTF-8, or in a second encoding where that fails."""
    texts: list[str] = []
    bounds = [np.zeros(1, dtype=np.int64)]
    at = 0
    for line in raw.splitlines(keepends=True):
        try:
            text, encoding = line.decode(), "utf-8"
        except UnicodeDecodeError:
            text, encoding = _tolerant(line, second)[0], second
        texts.append(text)
        bounds.append(_bounds(text, line, encoding)[1:] + at)
        at += len(line)
    return Decoded("".join(texts), f"utf-8 and {second}", np.concatenate(bounds))


def _choose(raw: bytes, declared: str | None, *, html: bool) -> str:
    if raw.isascii() and b"\0" not in raw:  # Cyrillic in UTF-16 has no byte above 0x7F
        return "utf-8"
    if html and (found := _META.search(raw, 0, _META_WINDOW)):
        declared = declared or found[1].decode("ascii", "replace")
    wide = _unmarked_utf16(raw)
    if wide:
        return wide
    try:
        raw.decode()
    except UnicodeDecodeError:
        return _known(declared) or _detected(raw) or "utf-8"
    return "utf-8"


def _known(name: str | None) -> str | None:
    """Return Python's name of a declared encoding; None if it is unknown, or can't be read in pieces."""
    try:
        info = codecs.lookup(name.strip()) if name else None
    except (LookupError, ValueError):
        return None
    if info is None or not getattr(info, "_is_text_encoding", True) or _STATEFUL.search(info.name):
        return None
    return _WHATWG.get(info.name, info.name)


def _unmarked_utf16(raw: bytes) -> str | None:
    """Return the byte order of UTF-16 without a mark; None if the bytes are not such text.

    Every text has blanks, line ends or stops. In UTF-16 half of each is a zero byte, which no other encoding of text
    has, and in the wrong byte order they are other characters.
    """
    head = raw[:_UTF16_WINDOW]
    if b"\0" not in head:
        return None
    texts = {order: head.decode(order, "replace") for order in ("utf-16-le", "utf-16-be")}
    order, text = max(texts.items(), key=lambda found: sum(map(found[1].count, _COMMONEST)))
    odd = sum((unicodedata.category(ch) in _NO_TEXT and ch not in "\t\n\r") or ch == REPLACEMENT for ch in text)
    common = sum(map(text.count, _COMMONEST))
    return order if common >= _LEAST_COMMON * len(text) and odd <= _MOST_ODD * len(text) else None


_UTF16_WINDOW = 4096
_COMMONEST = " \n,.。，、"
_LEAST_COMMON, _MOST_ODD = 0.01, 0.01
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")


def _detected(raw: bytes) -> str | None:
    """Return the encoding that explains the bytes; None if UTF-8 with a few broken characters is more likely."""
    raw = _TAG.sub(b"", raw)  # markup is ASCII in every page
    text, bad = _tolerant(raw, "utf-8")
    whole = sum(ch > "\x7f" for ch in text) - len(bad)
    found = None
    if sum(end - start for start, end in bad) * 3 > len(raw):
        found = _of_other_script(raw[:_DETECT_BYTES])
    elif whole <= len(bad) and _between_letters(raw, bad):
        language = identify(raw.decode("cp1252", "replace"))
        found = _WESTERN.get(language, "cp1252")
        if found == "cp1250" and _is_latin_2(raw, language):
            found = "iso8859-2"
    return found if found and _damage(raw, found) <= _MOST_DAMAGE else None


def _of_other_script(sample: bytes) -> str | None:
    """Return the legacy encoding that fits best for a sample with hardly any ASCII letters."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_OTHER_SCRIPTS).best()
    if best is not None:
        return _known(best.encoding)
    sound = {}  # scores without the malformed bytes: a page may be cut within a character
    for encoding in _MULTI_BYTE:
        if _damage(sample, encoding) <= _MOST_DAMAGE:
            mended = _tolerant(sample, encoding)[0].replace(REPLACEMENT, "").encode(encoding)
            if match := from_bytes(mended, cp_isolation=[encoding]).best():
                sound[encoding] = (match.chaos, -match.coherence)
    return _known(min(sound, key=sound.__getitem__, default=None))


_MULTI_BYTE = ("gb18030", "big5", "cp932", "euc_jp", "cp949")
_MOST_DAMAGE = 0.02  # share of the bytes
_OTHER_SCRIPTS = [
    "cp1251",
    "koi8_r",
    "iso8859_5",
    "cp866",
    "mac_cyrillic",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    *_MULTI_BYTE,
]
"""The legacy encodings of the Encoding Standard in which most letters are not ASCII."""
_WESTERN = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "hr", "bs", "sl", "ro", "sq"), "cp1250"),
    **dict.fromkeys(("tr", "az"), "cp1254"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
}
"""Language → code page. If most letters are ASCII they tell the language, and the language tells the code page better
than the few other letters do."""


def _is_latin_2(raw: bytes, language: str | None) -> bool:
    """Return whether a text that may be cp1250 is ISO 8859-2: none of its letters lies where that has no characters.

    Marks of cp1250, such as ±, between letters are letters of ISO 8859-2; Czech has no ľ.
    """
    if re.search(rb"[\x80-\x9f]", raw):
        return False
    return re.search(rb"[a-z][\xb1\xb6\xa9\xae]|[\xb1\xb6\xa9\xae][a-z]", raw) is not None or (
        language in ("cs", "sl", "hr", "bs") and re.search(rb"[\xbe\xb9]", raw) is not None
    )


_WESTERN_MARKS = "€…‘’“”–—•™£§©«®°»".encode("cp1252")
_TAG = re.compile(rb"<[A-Za-z/!][^<>]{0,4000}>")


def _damage(raw: bytes, encoding: str) -> float:
    """Return the share of bytes that are malformed in an encoding."""
    return sum(end - start for start, end in _tolerant(raw, encoding)[1]) / len(raw)


def _between_letters(raw: bytes, bad: list[tuple[int, int]]) -> bool:
    """Return whether most runs of malformed bytes are quotation marks and the like, or stand next to a letter."""
    runs = _joined(bad)
    explained = sum(
        not raw[start:end].strip(_WESTERN_MARKS)
        or raw[max(start - 1, 0) : start].isalpha()
        or raw[end : end + 1].isalpha()
        for start, end in runs
    )
    return 2 * explained > len(runs)


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _tolerant(raw: bytes, encoding: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text with one U+FFFD per malformed run, and the byte ranges of the runs."""
    bad: list[tuple[int, int]] = []
    token = _FAULTS.set(bad)
    try:
        return raw.decode(encoding, _HANDLER), bad
    finally:
        _FAULTS.reset(token)


_HANDLER = "toolkit.ingest.formats.encoding"
_FAULTS: ContextVar[list[tuple[int, int]]] = ContextVar(_HANDLER)


def _note_fault(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _FAULTS.get().append((error.start, error.end))
    return REPLACEMENT, error.end


codecs.register_error(_HANDLER, _note_fault)


def _decode_as(raw: bytes, encoding: str, *, skip: int = 0) -> Decoded:
    body = raw[skip:]
    try:
        text = body.decode(encoding)
        bounds = _bounds(text, body, encoding)
        bad: list[tuple[int, int]] = []
    except UnicodeDecodeError:
        text, bad = _tolerant(body, encoding)
        bounds = _bounds_around(body, encoding, bad)
    malformed = tuple((start + skip, end + skip) for start, end in _joined(bad))
    return Decoded(text, encoding, bounds + skip, malformed, marked=skip > 0)


def _bounds_around(body: bytes, encoding: str, bad: list[tuple[int, int]]) -> Offsets:
    """Return the bounds of a text with malformed runs: those of each stretch between them, and one step per run."""
    parts, at = [], 0
    for start, end in [*bad, (len(body), len(body))]:
        sound = body[at:start]
        parts.append(_bounds(sound.decode(encoding), sound, encoding)[:-1] + at)
        if end > start:
            parts.append(np.array([start], dtype=np.int64))
        at = end
    return np.concatenate([*parts, np.array([len(body)], dtype=np.int64)])


def _bounds(text: str, body: bytes, encoding: str) -> Offsets:
    """Return the len(text) + 1 byte offsets between the characters of a well-formed text."""
    if len(text) == len(body) and (encoding == "utf-8" or _SINGLE_BYTE.match(encoding)):
        return np.arange(len(body) + 1, dtype=np.int64)
    if not encoding.startswith("utf-"):
        return _bounds_by_feeding(body, encoding)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if encoding == "utf-8":
        widths = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
    elif encoding.startswith("utf-16"):
        widths = 2 + 2 * (points > 0xFFFF).astype(np.int64)
    else:
        widths = np.full(len(points), 4, dtype=np.int64)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(widths)])


def _bounds_by_feeding(body: bytes, encoding: str) -> Offsets:
    """Return the bounds by feeding a multi-byte decoder byte by byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    bounds, start = [], 0
    for at in range(len(body)):
        out = decoder.decode(body[at : at + 1], at == len(body) - 1)
        bounds += [start] * len(out)
        if out:
            start = at + 1
    return np.array([*bounds, len(body)], dtype=np.int64)
