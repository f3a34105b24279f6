"""What became of each file, and of a directory as people have it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from toolkit.cli import main
from toolkit.ingest import Settings
from toolkit.ingest.stage import ingest, survey, verify
from toolkit.ingest.survey import explanation
from toolkit.project import Workspace
from toolkit.segment.stage import segment

BODY = (
    "The council of Port Ellery voted on Monday to rebuild the breakwater, which two storms had broken in the winter. "
    "Work begins in May and takes a year, its engineer said. Nobody spoke against it, and {0} of its members were away."
)


def directory(workspace: Workspace) -> None:
    """Pages in many forms, and what lies between them on a disk."""
    add = workspace.add_page
    html = f"<html><head><title>A vote</title></head><body><h1>A vote</h1><p>{BODY.format('two')}</p></body></html>"
    add("Vote.html", b"<!-- saved from url=(0026)https://tern.example/vote -->" + html.encode())
    add("Vote_files/ad.html", b"<html><body><p>Buy our soap, it is the best of all soaps there are.</p></body></html>")
    add("Vote_files/style.css", b"body { color: red }")
    add("news/rows.csv", f"Titel;Text;Datum\r\nEin Votum;{BODY.format('three')};2024-03-12\r\n".encode("utf-8-sig"))
    row = {"headline": "Another vote", "paragraphs": [BODY.format("four")], "publishedAt": 1710223800}
    add("news/api.json", json.dumps({"status": "ok", "articles": [row]}).encode())
    item = f"<item><title>A third vote</title><description>{BODY.format('five')}</description></item>"
    add("news/feed.xml", f"<rss version='2.0'><channel><title>Tern</title>{item}</channel></rss>".encode())
    add("notes/a.md", f"---\ntitle: A fourth vote\n---\n{BODY.format('six')}\n".encode())
    add("plain.txt", f"A fifth vote\n\n{BODY.format('seven')}\n".encode())
    add(".git/config", b"[core]\n\tbare = false\n")
    add("Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    add("~$vote.docx", b"owner")
    add("crawl.log", b"2024-03-12 09:30:00 INFO fetched\n" * 5)
    add("scraper.py", b"import os\n\nprint(os.getcwd())\n")
    add("config.yaml", b"depth: 3\nseeds:\n  - https://tern.example\n")
    add("photo.jpg", b"\xff\xd8\xff\xe0 JFIF")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("a.txt", "A page.")
    add("old.zip", packed.getvalue())
    add("cut.json", b'{"title": "A vote", "text": "The council')


ARTICLES = ["A fifth vote", "A fourth vote", "A third vote", "A vote", "Another vote", "Ein Votum"]
REFUSED = ["config.yaml", "crawl.log", "cut.json", "old.zip", "photo.jpg", "scraper.py"]


def test_a_directory_as_people_have_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = Workspace.create(tmp_path / "p")
    directory(workspace)
    with pytest.raises(SystemExit, match=r"^6$"):
        main(["ingest", "--report", "--project", str(workspace.root)])
    told = capsys.readouterr()
    articles = {article.title: article for article in workspace.articles()}
    assert sorted(filter(None, articles)) == ARTICLES
    assert articles["A vote"].url == "https://tern.example/vote"
    assert articles["Another vote"].published_at == "2024-03-12T06:10:00+00:00"
    for name in REFUSED:
        assert f"error: {name}: " in told.err
        assert name in told.err
    assert "2 page-asset" in told.err
    assert "2 system-file" in told.err
    assert "news/rows.csv" in told.out
    page = workspace.path("reports", "ingest.html").read_text(encoding="utf-8")
    assert "A fourth vote" in page
    assert "old.zip: a zip archive" in page
    segment(workspace)
    assert not verify(workspace).differences
    assert ingest(workspace).up_to_date


def test_a_sentence_of_a_table_is_traced_to_its_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = Workspace.create(tmp_path / "p")
    text = 'He said: "No." The quay of the old port opened on Monday.'
    quoted = text.replace('"', '""')
    workspace.add_page("rows.csv", f'title,text\nA vote,"{quoted}"\n'.encode())
    ingest(workspace)
    segment(workspace)
    sentence = next(found for found in workspace.sentences() if found.text.startswith("The quay"))
    capsys.readouterr()
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["trace", sentence.sentence_id, "--project", str(workspace.root)])
    at = text.index("The quay")
    assert f"page      rows.csv  row 2, column text, characters {at}-{len(text)}\n" in capsys.readouterr().out


def test_a_survey_says_what_looks_wrong(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    workspace.add_page("good.jsonl", json.dumps({"title": "A", "text": BODY, "date": "2024-03-12"}).encode())
    broken = "\n".join(f"line {number} of a text that was broken by" for number in range(20))
    workspace.add_page(
        "rows.jsonl", json.dumps({"title": "B", "text": f"{broken}\nSee [it](https://a.example)."}).encode()
    )
    workspace.add_page("short.txt", b"A short one\n\nThe quay opened on Monday, it said.\n")
    ingest(workspace)
    found = {file.source: file for file in survey(workspace)}
    assert found["good.jsonl"].suspicions == ()
    assert (found["good.jsonl"].form, found["good.jsonl"].kept) == ("JSON Lines", 1.0)
    assert "with markup in the text" in found["rows.jsonl"].suspicions
    assert "of under 200 characters" in found["short.txt"].suspicions
    assert found["good.jsonl"].notes == ("columns: text from text, published_at from date",)


def test_an_explanation_shows_each_page_of_a_file() -> None:
    rows = [{"title": "A", "text": BODY}, {"titel": "no text"}, {"title": "C", "text": BODY.format("three")}]
    found = explanation(
        "\n".join(map(json.dumps, rows)).encode(), source="rows.jsonl", settings=Settings(), most_pages=2
    )
    assert (found.survey.articles, found.more) == (2, 1)
    first, second = found.pages
    assert [facts["title"] for facts in first.articles] == ["A"]
    assert [passage.reason for passage in first.passages] == [None, None]
    assert "no column holds the text; there are titel" in (second.fault or "")


def test_explain_prints_the_borders_of_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.txt"
    path.write_text(f"A vote\n\n{BODY}\n\n==========\n\nB vote\n\n{BODY}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["ingest", "--explain", str(path)])
    out = capsys.readouterr().out
    assert out.startswith("two.txt: plain text, 2 articles\n")
    assert out.index("┌ A vote · en") < out.index("╳ ==========   ← separator") < out.index("┌ B vote · en")
    assert "looks wrong: " in out
