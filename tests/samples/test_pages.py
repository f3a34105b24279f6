"""The sample pages are what their README promises, byte for byte, and extract as meant."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit import ingest, samples
from toolkit.records import Article

TITLES = {
    "01_market_shelling.txt": [
        "Shells strike Lenmark market as Sorrund and Kelvarra trade blame",
        "Kelvarra says its troops have taken the village of Osk",
        "School kitchens in Corrin Bay go back to local fish",
    ],
    "02_customs_papers.txt": [
        "Customs papers show Ilmar shells went to Kelvarra, Delta Ledger finds",
        "Envoys meet in Corrin Bay as truce plan is rewritten",
    ],
    "03_hollen_earthquake.txt": [
        "Hollen Valley earthquake kills dozens, mountain road still blocked",
        "Lighthouse museum reopens with a lens the size of a bus",
    ],
    "04_fuel_yard.txt": [
        "Drones set fuel yard in Ostrin alight; Kelvarra says no one was hurt",
        "Ilmar Union concedes that its engineers are at the front",
        "Amber Front enters eastern suburb of Dhural",
    ],
    "05_port_pact.html": ["Sorrund and Vastrel sign port pact as ministers meet in Halmere"],
    "06_aid_lorries.html": ["Talvona admits its drone struck aid lorries near Dhural"],
    "07_feed.jsonl": [
        "Ferry with 86 aboard capsizes off the Ordeny Isles",
        "Talvona moves a second brigade across the Quessian border",
        "What the two armies say, and do not say, about their dead",
    ],
    "08_wire_copy.txt": ["Market hit by shells in Lenmark; Sorrund, Kelvarra trade blame"],
    "09_courrier_de_valmire.txt": ["La Marvénie dément avoir livré des drones au Tolkan"],
    "10_marfa_al_shimal.txt": ["ترفاليا وسلدوريا توقعان اتفاقاً لفتح المعبر الجبلي"],
    "11_prisoner_swap_crlf.txt": ["Amber Front and Quessia swap prisoners at desert crossing"],
    "12_flood_nfd_emoji.txt": [
        unicodedata.normalize("NFD", "Brévaillac underwater: two dead, and a goat on the town hall roof 🐐")
    ],
    "13_salt_flat_border.txt": ["Survey teams of Sedrath and Ashkeval meet to redraw the salt-flat border"],
    "14_service_week.txt": ["Service: what changes in Halmere this week"],
}
PUBLISHERS = {
    "Kelvarra says its troops have taken the village of Osk": "Daily Ostrin",
    "School kitchens in Corrin Bay go back to local fish": "Isle Radio",
    "Envoys meet in Corrin Bay as truce plan is rewritten": "Corrin Herald",
    "Lighthouse museum reopens with a lens the size of a bus": "Kestrel Post",
    "Ilmar Union concedes that its engineers are at the front": "Kestrel Post",
    "Amber Front enters eastern suburb of Dhural": "The Marravel Lantern",
    "Sorrund and Vastrel sign port pact as ministers meet in Halmere": "The Halmere Courier",
    "Talvona admits its drone struck aid lorries near Dhural": "Northlight News",
    "Ferry with 86 aboard capsizes off the Ordeny Isles": "Ordeny Sound",
    "Talvona moves a second brigade across the Quessian border": "Northlight News",
    "What the two armies say, and do not say, about their dead": "Northlight News",
}
WIDGETS = [
    "Hashtags",
    "#Ilmar",
    "#Ostrin",
    "Try Our AI Features",
    "Pressloop AI",
    "Summarize",
    "Translate",
    "Comments",
    "No comments yet",
    "1 comment",
    "mooring_post",
    "The smoke was still over our street",
    "Reply",
    "Related Articles",
    "minutes ago",
    "hours ago",
    "a day ago",
    "- Kestrel Post",
    "cookies",
    "Copy link",
    "Every morning at six",
    "Harbour pilots",
    "Night trams",
    "Privacy",
    "Skip to content",
    "Share on Chirper",
    "Desert school",
    "Lessons begin at six",
    "Salt caravan",
    "Terms",
    "All rights reserved",
    "&eacute;",
    "&nbsp;",
    "&#8217;",
]


def raw(name: str) -> bytes:
    return (samples.pages() / name).read_bytes()


def articles(name: str) -> list[Article]:
    return ingest.extract(raw(name), source=name)


@pytest.fixture(scope="module")
def everything() -> dict[str, list[Article]]:
    return {name: articles(name) for name in TITLES}


def test_the_folder_holds_these_pages_and_nothing_else() -> None:
    assert sorted(path.name for path in samples.pages().iterdir()) == sorted(TITLES)


@pytest.mark.parametrize("name", TITLES)
def test_a_page_gives_its_articles_with_their_titles(name: str, everything: dict[str, list[Article]]) -> None:
    assert [article.title for article in everything[name]] == TITLES[name]
    assert all(article.body.strip() for article in everything[name])


def test_the_publisher_is_known_where_the_page_names_it(everything: dict[str, list[Article]]) -> None:
    found = {a.title: a.publisher for group in everything.values() for a in group if a.title in PUBLISHERS}
    assert found == PUBLISHERS


@pytest.mark.parametrize("name", TITLES)
def test_no_widget_line_is_in_a_body(name: str, everything: dict[str, list[Article]]) -> None:
    text = raw(name).decode()
    present = [widget for widget in WIDGETS if widget in text]
    left = [(widget, a.title) for a in everything[name] for widget in present if widget in a.text]
    assert left == []


def test_every_widget_stands_in_some_page() -> None:
    whole = "".join(raw(name).decode() for name in TITLES)
    assert [widget for widget in WIDGETS if widget not in whole] == []


def test_entities_are_read(everything: dict[str, list[Article]]) -> None:
    body = everything["05_port_pact.html"][0].body
    assert "Aurélie Sandoz" in body
    assert "lamb & barley" in body
    assert re.search(r"3\.2\sbillion crowns", body)
    assert "police had passed the lorries’ position" in everything["06_aid_lorries.html"][0].body


def test_languages(everything: dict[str, list[Article]]) -> None:
    others = {"09_courrier_de_valmire.txt": "fr", "10_marfa_al_shimal.txt": "ar"}
    found = {name: {a.language for a in group} for name, group in everything.items()}
    assert found == {name: {others.get(name, "en")} for name in TITLES}


def test_the_feed_keeps_its_fields(everything: dict[str, list[Article]]) -> None:
    rows = [json.loads(line) for line in raw("07_feed.jsonl").splitlines()]
    assert [sorted({"id"} - set(row)) for row in rows] == [[], [], ["id"]]
    for row, article in zip(rows, everything["07_feed.jsonl"], strict=True):
        assert (article.url, article.licence) == (row["url"], "CC0-1.0")
        assert (article.published_at or "").startswith(row["published_at"][:10])


def test_dates_are_read_where_the_page_is_plain(everything: dict[str, list[Article]]) -> None:
    found = {
        a.page.source: (a.published_at or "")[:10] for group in everything.values() for a in group if a.published_at
    }
    assert found == {
        "05_port_pact.html": "2025-03-14",
        "06_aid_lorries.html": "2025-05-08",
        "07_feed.jsonl": "2025-07-01",
        "13_salt_flat_border.txt": "2025-10-22",
    }
    waiting = {a.published_text for name in TITLES for a in everything[name] if name < "05"}
    assert {"38 minutes ago", "an hour ago", "3 hours ago", "yesterday", "a day ago", "2 days ago"} <= waiting


def test_a_feed_line_is_all_ascii_escapes() -> None:
    assert raw("07_feed.jsonl").splitlines()[1].isascii()


def test_crlf_survives() -> None:
    data = raw("11_prisoner_swap_crlf.txt")
    assert data.count(b"\r\n") == data.count(b"\n") > 5
    assert all(b"\r" not in raw(name) for name in TITLES if name != "11_prisoner_swap_crlf.txt")


def test_nfd_emoji_and_skin_tones_survive(everything: dict[str, list[Article]]) -> None:
    text = raw("12_flood_nfd_emoji.txt").decode()
    assert unicodedata.normalize("NFD", text) == text != unicodedata.normalize("NFC", text)
    (article,) = everything["12_flood_nfd_emoji.txt"]
    assert "Bre\N{COMBINING ACUTE ACCENT}vaillac" in article.text
    assert "\N{ZERO WIDTH JOINER}".join("👨👩👧👦") in article.text
    assert "🙏\N{EMOJI MODIFIER FITZPATRICK TYPE-4}" in article.text


def test_right_to_left_script(everything: dict[str, list[Article]]) -> None:
    (mixed,) = everything["13_salt_flat_border.txt"]
    assert {"R", "AL", "L"} <= {unicodedata.bidirectional(c) for c in mixed.text}
    (arabic,) = everything["10_marfa_al_shimal.txt"]
    letters = [unicodedata.bidirectional(c) for c in arabic.text if c.isalpha()]
    assert letters.count("AL") == len(letters)


def test_the_wire_copy_is_near_but_not_the_same(everything: dict[str, list[Article]]) -> None:
    own, copy = everything["01_market_shelling.txt"][0].body, everything["08_wire_copy.txt"][0].body
    shared = _shingles(own) & _shingles(copy)
    assert own != copy
    assert len(shared) / len(_shingles(own) | _shingles(copy)) > 0.5


def _shingles(text: str, size: int = 3) -> set[tuple[str, ...]]:
    words = text.split()
    return set(_windows(words, size))


def _windows(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    for at in range(len(words) - size + 1):
        yield tuple(words[at : at + size])


def test_git_leaves_the_bytes_alone() -> None:
    root = Path(__file__).parents[2]
    assert "toolkit/samples/pages/** -text" in (root / ".gitattributes").read_text().splitlines()
