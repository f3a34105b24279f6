"""Exports of Telegram, as JSON or HTML: each message with a text is an article of its channel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from toolkit.ingest.formats.column_names import at, paragraphs
from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.formats.raw_page import RawPage, Rows

_HTML = re.compile(r"""class=["']message default clearfix""")
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d)(?: UTC([+-]\d\d:\d\d))?")


def is_telegram_html(raw: bytes) -> bool:
    """Return whether a page is an export of Telegram."""
    return b"message default clearfix" in raw[: 1 << 16] and b"page_wrap" in raw[: 1 << 16]


def chats_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the chats of an export as JSON: one, or those of an account; none if it is something else."""
    if not isinstance(value, Mapping):
        return []
    if _is_chat(value):
        return [value]
    chats = value.get("chats")
    held = chats.get("list") if isinstance(chats, Mapping) else None
    return [chat for chat in held if isinstance(chat, Mapping) and _is_chat(chat)] if isinstance(held, list) else []


def _is_chat(value: Mapping[str, Any]) -> bool:
    messages = value.get("messages")
    if not isinstance(messages, list) or "type" not in value or "id" not in value:
        return False
    return all(isinstance(message, Mapping) and "type" in message and "date" in message for message in messages[:20])


def json_messages(chats: list[Mapping[str, Any]], source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the messages of chats as pages."""
    rows = Rows(source, most_bytes)
    for chat in chats:
        for number, message in enumerate(chat["messages"], start=1):
            named = message.get("id", number) if isinstance(message, Mapping) else number
            place = f"message {named}"
            yield rows.guarded(place, partial(_message, message, chat.get("name"), rows, place))


def _message(message: Mapping[str, Any], chat: Any, rows: Rows, place: str) -> RawPage:
    said = message.get("text")
    text = said if isinstance(said, str) else "".join(map(_run, said)) if isinstance(said, list) else ""
    text = text or _rich(message.get("rich_message"))
    values = {
        "text": text,
        "publisher": message.get("forwarded_from") or chat or message.get("from"),
        "published_at": message.get("date_unixtime") or message.get("date"),
    }
    aside = None if text.strip() else "a message without text"
    return rows.page({name: value for name, value in values.items() if value}, place, aside=aside)


def _rich(value: Any) -> str:
    """Return the text of a message in blocks, which newer exports have instead of a text."""
    return "\n".join("".join(str(at(value, run)) for run in runs) for runs in paragraphs(value))


def _run(part: Any) -> str:
    return part if isinstance(part, str) else str(part.get("text", "")) if isinstance(part, Mapping) else ""


def html_messages(raw: bytes, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the messages of an export as HTML as pages."""
    from lxml import html

    tree: Any = html.document_fromstring(decode(raw, html=True).text)
    rows = Rows(source, most_bytes)
    name = " ".join(
        "".join(tree.xpath("//div[contains(@class,'page_header')]//div[contains(@class,'text')]//text()")).split()
    )
    for message in tree.xpath("//div[contains(concat(' ',@class,' '),' message ')]"):
        number = str(message.get("id", "")).removeprefix("message")
        texts = message.xpath(".//div[contains(concat(' ',@class,' '),' text ')]")
        said = html.tostring(texts[0], encoding="unicode", with_tail=False) if texts else ""
        forwarded = message.xpath(".//div[contains(@class,'forwarded')]//div[contains(@class,'from_name')]/text()")
        dates = message.xpath(".//div[contains(concat(' ',@class,' '),' date ')]/@title")
        values = {
            "html": said,
            "publisher": " ".join(forwarded[0].split()) if forwarded else name,
            "published_at": _instant(dates[0]) if dates else "",
        }
        default = "default" in str(message.get("class"))
        aside = None if default and texts and texts[0].text_content().strip() else "a message without text"
        yield rows.page({key: value for key, value in values.items() if value}, f"message {number}", aside=aside)


def _instant(said: str) -> str:
    found = _DATE.search(said)
    if found is None:
        return said
    day, month, year, time, zone = found.groups()
    return f"{year}-{month}-{day}T{time}{zone or ''}"
