"""Messages, mailboxes and pages saved as one file."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from toolkit.ingest import extract, read

BODY = "The quay opened on Monday – the council said.\n\nIt had been shut for a year.\n"


def message(body: str = BODY, *, html: str | None = None, attached: bytes | None = None) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Tern Briefing <briefing@tern.example>"
    made["To"] = "reader@home.example"
    made["Subject"] = "Morgenbriefing: der Kai öffnet"
    made["Date"] = "Tue, 12 Mar 2024 06:30:00 +0200"
    if body:
        made.set_content(body, cte="quoted-printable")
    if html and body:
        made.add_alternative(html, subtype="html", cte="base64")
    elif html:
        made.set_content(html, subtype="html")
    if attached:
        made.add_attachment(attached, maintype="image", subtype="png", filename="a.png")
    return made


@pytest.mark.parametrize("source", ["news.eml", "news.txt"])
def test_the_body_is_the_article_and_the_subject_its_title(source: str) -> None:
    made = message(html="<p>The same in HTML.</p>", attached=b"\x89PNG" * 20)
    (article,) = extract(made.as_bytes(), source=source)
    assert (article.title, article.publisher) == ("Morgenbriefing: der Kai öffnet", "Tern Briefing")
    assert article.published_at == "2024-03-12T06:30:00+02:00"
    assert article.body == "The quay opened on Monday – the council said.\nIt had been shut for a year."


def test_a_message_of_html_only_and_one_without_a_text() -> None:
    html = "<html><body><p>The quay opened on Monday, the council said. It had been shut for a year.</p></body></html>"
    (article,) = extract(message("", html=html).as_bytes(), source="a.eml")
    assert "The quay opened on Monday" in article.text
    assert "<p>" not in article.text
    nothing = EmailMessage()
    nothing["From"] = "a@b.example"
    nothing["Subject"] = "A picture"
    nothing.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    assert read(nothing.as_bytes(), source="a.eml").rejects[0].detail == "a message without a text"


def test_a_mailbox_gives_each_message_and_unquotes_its_lines() -> None:
    raw = b""
    for body in (BODY, "He wrote it at night, the mayor said on Friday.\n\nFrom Vesk it came, not from Orlino.\n"):
        raw += b"From briefing@tern.example Tue Mar 12 06:30:00 2024\n" + message(body).as_bytes(unixfrom=False)
        raw = raw.replace(b"\n\nFrom Vesk", b"\n\n>From Vesk") + b"\n"
    for source in ("news.mbox", "Inbox"):
        found = extract(raw, source=source)
        assert len(found) == 2
        assert found[1].body.endswith("From Vesk it came, not from Orlino.")


def test_lines_that_flow_are_joined_and_signatures_left_out() -> None:
    raw = (
        "From: Ada <ada@tern.example>\nSubject: Quay\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8; format=flowed\n\n"
        "The quay opened on Monday, the \ncouncil said.\n\n-- \nAda Holm, Tern\n"
    )
    (article,) = extract(raw.encode(), source="a.eml")
    assert article.body == "The quay opened on Monday, the council said."


def test_a_page_saved_as_one_file_is_the_page() -> None:
    text = "The quay opened on Monday, the council said. It had been shut for more than a year after the storm. " * 3
    raw = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://tern.example/quay\r\nSubject: Quay opens\r\n"
        "Date: Fri, 15 Mar 2024 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n\r\n--b\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        "Content-Location: https://tern.example/quay\r\n\r\n"
        f"<html><head><title>Quay opens</title></head><body><article><h1>Quay opens</h1><p>{text}</p>=\r\n"
        "</article></body></html>\r\n--b\r\nContent-Type: text/css\r\n\r\nbody { color: red }\r\n--b--\r\n"
    )
    for source in ("quay.mhtml", "quay.mht", "quay.txt"):
        (article,) = extract(raw.encode(), source=source)
        assert (article.title, article.url, article.published_at) == ("Quay opens", "https://tern.example/quay", None)
        assert "color" not in article.text
