"""Exports of Telegram in both of its forms."""

from __future__ import annotations

import json

from toolkit.ingest import extract, pages, read, rebuild

TEXT = "The quay opened on Monday, the council said. It had been shut for a year."
CHAT = {
    "name": "The Daily Tern",
    "type": "public_channel",
    "id": 1234567890,
    "messages": [
        {"id": 1, "type": "service", "date": "2024-03-01T09:00:00", "action": "create_channel", "text": ""},
        {
            "id": 2,
            "type": "message",
            "date": "2024-03-12T09:30:00",
            "date_unixtime": "1710228600",
            "from": "The Daily Tern",
            "text": [
                "The quay ",
                {"type": "bold", "text": "opened"},
                TEXT[len("The quay opened") :],
                "\n\nNobody was hurt.",
            ],
        },
        {
            "id": 3,
            "type": "message",
            "date": "2024-03-13T09:30:00",
            "forwarded_from": "The Weekly Tern",
            "text": "The ferry sailed on Tuesday, and it was full.",
        },
        {"id": 4, "type": "message", "date": "2024-03-13T09:31:00", "photo": "photos/a.jpg", "text": ""},
    ],
}

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"/><title>Exported Data</title></head><body>
<div class="page_wrap"><div class="page_header"><div class="content"><div class="text bold">
The Daily Tern
</div></div></div><div class="page_body chat_page"><div class="history">
<div class="message service" id="message-1"><div class="body details">12 March 2024</div></div>
<div class="message default clearfix" id="message2"><div class="body">
<div class="pull_right date details" title="12.03.2024 09:30:00 UTC+02:00">09:30</div>
<div class="from_name">The Daily Tern </div>
<div class="text">The quay opened on <strong>Monday</strong>, the council said &amp; wrote.<br><br>
Nobody was hurt.</div>
</div></div>
<div class="message default clearfix joined" id="message3"><div class="body">
<div class="pull_right date details" title="13.03.2024 09:30:00 UTC+02:00">09:30</div>
<div class="text">The ferry sailed on Tuesday, and it was full.</div></div></div>
</div></div></div></body></html>"""


def test_messages_of_json_are_articles_of_their_channel() -> None:
    for whole in (CHAT, {"chats": {"about": "…", "list": [CHAT]}}):
        raw = json.dumps(whole, ensure_ascii=False, indent=1).encode()
        found = read(raw, source="result.json")
        first, second = found.articles
        assert first.text == f"{TEXT}\nNobody was hurt."
        assert (first.publisher, first.published_at) == ("The Daily Tern", "2024-03-12T07:30:00+00:00")
        assert (second.publisher, second.published_at) == ("The Weekly Tern", "2024-03-13T09:30:00")
        assert [cut.detail for cut in found.rejects] == ["a message without text"] * 2
        by_page = {page.page: page for page in pages(raw, source="result.json")}
        assert by_page[first.page].place == "message 2"
        assert rebuild(first, by_page[first.page]) == first.text


def test_messages_of_html_are_articles_of_their_channel() -> None:
    first, second = extract(PAGE.encode(), source="messages.html")
    assert first.text == "The quay opened on Monday, the council said & wrote.\nNobody was hurt."
    assert (first.publisher, first.published_at) == ("The Daily Tern", "2024-03-12T09:30:00+02:00")
    assert (second.publisher, second.published_at) == ("The Daily Tern", "2024-03-13T09:30:00+02:00")
