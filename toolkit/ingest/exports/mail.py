"""Mail: the body of a message is an article, its subject the title; also mailboxes, and pages saved as mail.

A browser saves a page "as a single file" as a message: its HTML is the page, and it says where the page was fetched.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO, cast

from toolkit.errors import readable
from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.formats.raw_page import RawPage, Rows
from toolkit.limits import too_long

_BORDER = re.compile(rb"From \S+.*\d\d:\d\d")
_SIGNATURE = re.compile(r"^-- ?$.*", re.M | re.S)
_LEAST_WORDS = 5


_LONGEST_HEADER = 4000
"""Characters of a header that are read: the standard library's time for one grows with the square of its length."""


class _Policy(email.policy.EmailPolicy):
    """The default policy, for headers of any length."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return cast("str", super().header_fetch_parse(name, value[:_LONGEST_HEADER]))


def message(raw: bytes, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the page of a message."""
    yield _page(raw, Rows(source, most_bytes), None)


def mailbox(stream: BinaryIO, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield a page per message of a mailbox (mbox).

    Raises:
        InvalidInput: A message is longer than the limit.
    """
    rows = Rows(source, most_bytes)
    lines: list[bytes] = []
    number, size, blank = 0, 0, True
    for line in stream:
        if blank and _BORDER.match(line):
            if lines:
                number += 1
                yield _page(b"".join(lines), rows, f"message {number}")
            lines, size = [], 0
            continue
        blank = not line.strip()
        size += len(line)
        if size > most_bytes:
            raise too_long("message", f"{source} (message {number + 1})", most_bytes)
        lines.append(line[1:] if line.startswith(b">From ") else line)
    if lines:
        yield _page(b"".join(lines), rows, f"message {number + 1}")


def _page(raw: bytes, rows: Rows, place: str | None) -> RawPage:
    return rows.guarded(place, lambda: _message(raw, rows, place))


def _message(raw: bytes, rows: Rows, place: str | None) -> RawPage:
    found = email.message_from_bytes(raw, policy=_Policy())
    if not isinstance(found, EmailMessage) or not found.keys():
        return rows.page({}, place, "not a message: it has no headers")
    values = _saved_page(found) or _values(found)
    text = any(name in values for name in ("text", "html"))
    return rows.page(values, place, aside=None if text else "a message without a text")


def _saved_page(found: EmailMessage) -> dict[str, str] | None:
    """Return the page that a browser has saved as a message; None for another message."""
    url = _header(found, "Snapshot-Content-Location")
    saved = url is not None or "saved by" in (_header(found, "From") or "").casefold()
    if not saved and (found.get_content_type() != "multipart/related" or _header(found, "To") is not None):
        return None
    for part in found.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            location = url or _header(part, "Content-Location") or _header(found, "Content-Location")
            said = {"html": _text_of(part), "url": location, "fetched_at": _date(found)}
            return {name: value for name, value in said.items() if value}
    return None


def _values(found: EmailMessage) -> dict[str, str]:
    name, address = parseaddr(_header(found, "From") or "")
    said = {
        "title": _header(found, "Subject"),
        "publisher": name or address.partition("@")[2],
        "published_at": _date(found),
        "url": (_header(found, "Archived-At") or "").strip("<>"),
    }
    plain, html = (_body(found, kind) for kind in ("plain", "html"))
    if plain and (len(plain.split()) >= _LEAST_WORDS or not html):
        said["text"] = _SIGNATURE.sub("", plain)
    elif html:
        said["html"] = html
    return {name: value for name, value in said.items() if value and value.strip()}


def _header(found: EmailMessage, name: str) -> str | None:
    value = readable(lambda: found[name])  # the standard library stumbles over some headers
    return " ".join(str(value).split()) if value is not None else None


def _date(found: EmailMessage) -> str | None:
    said = _header(found, "Date")
    return said and (readable(lambda: parsedate_to_datetime(said).isoformat()) or said)


def _body(found: EmailMessage, kind: str) -> str | None:
    part = readable(lambda: found.get_body(preferencelist=(kind,)))
    if part is None or part.get_content_disposition() == "attachment":
        return None
    return _text_of(part) if isinstance(part, EmailMessage) else None


def _text_of(part: EmailMessage) -> str:
    """Return the text of a part: out of its transfer encoding, in the charset that it names, lines as they flow."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    text = decode(data, declared=part.get_content_charset(), html=part.get_content_subtype() == "html").text
    text = text.replace("\r\n", "\n")
    if str(part.get_param("format") or "").lower() == "flowed":
        joint = "" if str(part.get_param("delsp") or "").lower() == "yes" else " "
        text = re.sub(r"(?<!\n--) \n(?=[^\s>])", lambda _: joint, text)
    return text
