"""Strings that are private by their form, as people and programs write them; amounts, dates and scores are not."""

from __future__ import annotations

import time

import pytest

from toolkit.errors import InvalidInput
from toolkit.release.privacy.scan import Identities, Scanner, secrets_at_hand

LETTERS = "aB3xZ9" * 12

PRIVATE = {
    "an e-mail address": [
        "write to bea.stone@paper.example",
        "grün@paper.example",
        "desk@grün.example",
        "пишите: стол@газета.рф",
        "bea.stone (at) paper.example",
        "bea.stone [AT] paper [DOT] example",
        "bea＠paper.example",
        "https://x.example/?m=bea%40paper.example",
        "https://x.example/?m=bea%2540paper.example",
        "bea&#64;paper.example",
        "bea&#x40;paper.example",
        "bea&commat;paper.example",
        "bea\u200b@paper.example",
        "bea@pa\u00adper.example",
        "<bea@paper.example>",
        "संपादक@अखबार.भारत",
        "bea at paper dot example",
        "bea-at-paper-dot-example",
        "bea (arroba) paper.example",
        "bea [собака] paper.example",
        "bea @ paper.example",
        "bea @ paper . example",
        "bea%252540paper.example",
        "bea&amp;#64;paper.example",
        "bea\\u0040paper.example",
        "bea=40paper.example",
        '"bea stone"@paper.example',
        "bea@paper。example",
        "bea@\ufe0fpaper.example",
        "bea@\u034fpaper.example",
        "bea@[192.0.2.1]",
    ],
    "a GitHub token": [
        f"github_pat_{LETTERS}",
        f"ghp_{LETTERS}",
        f"ghs_12345_eyJhbGciOiJSUzI1NiJ9.{LETTERS}.{LETTERS}",
    ],
    "a Hugging Face token": [f"hf_{LETTERS[:34]}"],
    "what opens a session": [
        "Authorization: Bearer abcdefgh12345678",
        "Set-Cookie: sessionid=abcdefgh12345678; HttpOnly",
        f"https://discord.com/api/webhooks/123456789012345678/{LETTERS}",
        "https://store.example/c?sv=2020&sig=abcdefgh12345678abcdefgh12345678%3D",
    ],
    "a key of a model service": [f"sk-proj-{LETTERS}", f"sk-ant-api03-{LETTERS}"],
    "a Slack token": ["xoxb-123456789012-123456789012-abcdefabcdef"],
    "a Google key": [f"AIza{LETTERS[:35]}"],
    "a GitLab token": ["glpat-abcdefghij0123456789"],
    "an AWS key": ["ASIAABCDEFGHIJKLMNOP", f"aws_secret_access_key = {LETTERS[:40]}"],
    "a token of a package registry": [f"npm_{LETTERS[:36]}"],
    "a token of a cloud service": [f"ATATT3xFfGF0{LETTERS}", f"sha256~{LETTERS[:43]}", f"duffel_test_{LETTERS[:43]}"],
    "a token of 40 hex digits": ["0123456789abcdef" * 2 + "01234567"],
    "a password in an address": ["https://bea:hunter2hunter@label.example/x"],
    "a password": [
        "password: s3cret0123456789",
        "API_KEY=abc1234567890123",
        "client_secret = abc_DEF-ghi_JKL-mno",
        "PAPER_TOKEN=" + "abcdefghijklmnopqrstuvwxyz" * 2 + "012345",
        "password = hunter2hunter2",
        '{"username": "bea", "key": "0123456789abcdef0123456789abcdef"}',
    ],
    "a private key": ["-----BEGIN OPENSSH PRIVATE KEY-----"],
    "a telephone number": [
        "+44 20 7946 0958",
        "+7 (495) 123-45-67",
        "Tel. 030 1234567",
        "(212) 555-0143",
        "0044 20 7946 0958",
        "8 (495) 123-45-67",
        "01 42 68 53 00",
        "+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨",
        "030/901820-0",
        "03-1234-5678",
        "电话：010-8888 8888",
        "https://wa.me/442079460958",
    ],
    "a bank account": [
        "DE89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "DE89\u200b3704\u200b0044053201\u200b3000",
        "IBAN: de89 3704 0044 0532 0130 00",
    ],
    "a card number": ["4111 1111 1111 1111", "3782 822463 10005"],
    "an address of a machine": [
        "192.168.0.12",
        "2001:0db8:0000:0000:0000:8a2e:0370:7334",
        "2001:db8::ff00:42:8329",
        "00:1a:2b:3c:4d:5e",
    ],
    "a path of somebody's home": ["/home/bea/pages/x.html", "C:\\Users\\bea\\x", "file:///C:/Users/bea/x"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PRIVATE.items() for text in texts])
def test_what_is_private_is_found(kind: str, text: str) -> None:
    scanner = Scanner()
    scanner.look_at("card", f"first line\n{text}")
    with pytest.raises(InvalidInput) as caught:
        scanner.refuse()
    assert (f"{kind} would be released", "card:2") in {(fault.what, fault.where) for fault in caught.value.faults}


@pytest.mark.parametrize(
    "text",
    [
        "At least 14 people were killed on 2026-01-02 at 12:30, 10.5 km away; $1,234,567.89 was lost.",
        "Prices rose +3.5 % to 1 234 567 000, and +10 000 000 000 people",
        "Call 112 today. Call 10 000 000 people. Call 1914-1918 the great war.",
        "The score was 3-2, then 555-0143; article 12.3.4 of version 1.20.3",
        "The token: see below. A secret: nobody knows.",
        "6f1d3c6f1d3c6f1d3c6f1d3c and " + "ab" * 32,
        "0044207946095822abcdef01 and 004420794609582212345678",
        "DE89370400440532013001 has wrong check digits, as has 4111 1111 1111 1112",
        "follow @paper_example or @ 9, a@b",
        "a post by Ada @ada.paper.example, chapter 1.2.3.4.5, at 10:20:30, from 2020-01-02-10-30-00",
        "file 02/2024 of 01.02.2024, seats 12-0123-45, “look at the dot map”, a::b, std::vector, ﷺ 😀\ufe0f ۲۰۲۴",
        '"alpha": 0.4137931034482758, "low": -0.4111111111111111, "x": 1e+16',
    ],
)
def test_amounts_dates_scores_and_hashes_are_not(text: str) -> None:
    scanner = Scanner()
    scanner.look_at("card", text)
    scanner.refuse()


def test_what_is_allowed_may_be_written_in_any_way() -> None:
    scanner = Scanner(allowed=["desk@paper.example", "+44 20 7946 0958"])
    scanner.look_at("card", "desk@paper.example, desk (at) paper.example, desk%40paper.example, +44 20 7946 0958")
    scanner.refuse()


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "eyJ",
        "@",
        "+1 ",
        "ab@",
        "(at)",
        "AB12 ",
        "token=a",
        "4111 ",
        "&#64;",
        "%40",
        "%25",
        "a at b dot ",
        "a @ ",
        "1:",
        "00 12",
    ],
)
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    def seconds(length: int) -> float:
        scanner, started = Scanner(), time.process_time()
        scanner.look_at("card", (unit * length)[:length])
        return time.process_time() - started

    seconds(1_000)
    assert seconds(80_000) < 12 * max(seconds(20_000), 0.005)


@pytest.mark.parametrize(
    "text",
    [
        "Bea Stone",
        "BEA STONE",
        "bea_stone",
        "BeaStone",
        "bea-stone.html",
        "Bea\u00a0Stone",
        "bea%20stone",
        "Ｂｅａ Ｓｔｏｎｅ",
    ],
)
def test_a_name_is_found_however_its_parts_are_joined(text: str) -> None:
    scanner = Scanner(known=Identities(frozenset({"Bea Stone"})))
    scanner.look_at("card", text)
    with pytest.raises(InvalidInput, match="the name or address of an annotator"):
        scanner.refuse()


def test_a_secret_of_this_process_is_found_and_not_printed() -> None:
    secret = "correct horse battery"
    secrets = secrets_at_hand({"PAPER_API_KEY": secret, "KEYBOARD": "something quite long", "HOME": "/nowhere"})
    assert secrets == {secret: "the value of PAPER_API_KEY"}
    scanner = Scanner(secrets=secrets)
    scanner.look_at("card", f"it is {secret}.")
    with pytest.raises(InvalidInput) as caught:
        scanner.refuse()
    assert str(caught.value).startswith("card:1: the value of PAPER_API_KEY would be released;")
    assert secret not in str(caught.value)
