"""Building from a project directory: from its tables and logs to releases/<version>, whatever kills it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit import Project
from toolkit.adjudicate.stage import adjudicate
from toolkit.agreement.stage import agreement
from toolkit.cli import main
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Workspace
from toolkit.project.files import file_digest
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.project.stage import Made, derive
from toolkit.records import Article, Decision, Sentence, Suggestion
from toolkit.release import build, load

pytestmark = pytest.mark.slow

BUILD = """
import sys
from pathlib import Path
from toolkit.release import build
from toolkit.project import Workspace
build(Workspace(Path(sys.argv[1])), "1.0.0")
"""


@pytest.fixture
def project(world: Any, tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "project")
    for name, cls, records in (
        ("articles.parquet", Article, world.articles),
        ("sentences.parquet", Sentence, world.sentences),
        ("gold.parquet", Decision, world.decisions),
    ):
        workspace.write(name, parquet_bytes(to_table(cls, records)))
    workspace.annotations.append(revision(answer, {}) for answer in world.annotations)
    return workspace


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_project_becomes_a_release(world: Any, project: Workspace) -> None:
    release = build(project, "1.0.0").release
    assert release.path == project.release_path("1.0.0")
    assert release.table().num_rows == len(world.decisions)
    assert set(release.manifest["inputs"]) == {
        "articles.parquet",
        "sentences.parquet",
        "gold.parquet",
        "annotations/log.jsonl",
    }
    assert "Casualty figure" in (release.path / "schema" / "guidelines.md").read_text()
    release.verify()


def test_the_next_version_is_the_smallest_that_the_change_allows(world: Any, project: Workspace) -> None:
    build(project, "1.0.0")
    project.write("gold.parquet", parquet_bytes(to_table(Decision, world.decisions[1:])))
    with pytest.raises(UsageError, match="too small"):
        build(project, "1.1.0")
    assert build(project, "auto").version == "2.0.0"


def test_sections_of_the_card_are_read_from_the_project(project: Workspace) -> None:
    project.write("card/uses.md", "For storms.\n\n## Not for hiring\n")
    first = build(project, "1.0.0").release
    assert (
        "<!-- own:uses -->\nFor storms.\n\n## Not for hiring\n<!-- /own -->" in (first.path / "README.md").read_text()
    )
    assert "card/uses.md" in first.manifest["inputs"]
    assert build(project, "1.0.0").up_to_date
    project.write("card/uses.md", "For floods.")
    with pytest.raises(UsageError, match="too small after 1\\.0\\.0"):
        build(project, "1.0.0")
    assert "<!-- own:uses -->\nFor floods.\n<!-- /own -->" in (build(project, "auto").path / "README.md").read_text()


def test_every_fault_of_the_card_s_sections_at_once(project: Workspace) -> None:
    project.write("card/usage.md", "For storms.")
    project.write("card/uses.md", "For storms. <!-- /own -->")
    project.write("card/motivation.md", b"\xff")
    with pytest.raises(InvalidInput) as caught:
        build(project, "1.0.0")
    assert [fault.what for fault in caught.value.faults] == [
        "is not UTF-8 text",
        "is not a section of the card",
        "holds <!-- /own -->, which stands around sections on the card",
    ]
    assert not list(project.path("releases").glob("*"))


def test_what_must_not_be_released_is_told_where_a_person_wrote_it(world: Any, project: Workspace) -> None:
    project.write("card/uses.md", "For storms.\nAsk ada@example.org.")
    project.write("takedowns.yaml", f"{world.articles[0].article_id}: bea@example.org asked\n")
    with pytest.raises(InvalidInput) as caught:
        build(project, "1.0.0")
    places = [fault.where for fault in caught.value.faults]
    assert places == ["card/uses.md:2", f"takedowns.yaml, {world.articles[0].article_id}:1"]


def test_an_edited_card_of_a_release_says_where_to_write_instead(project: Workspace) -> None:
    release = build(project, "1.0.0").release
    with (release.path / "README.md").open("a") as card:
        card.write("For storms.")
    with pytest.raises(InvalidInput, match=r"README\.md has been changed; write sections of the card into card/"):
        release.verify()


def test_takedowns_are_read_from_the_project(world: Any, project: Workspace) -> None:
    article, other = world.articles[0], world.articles[1]
    project.write("takedowns.yaml", f"{article.article_id}: asked by the author\n{other.url}: asked by the publisher\n")
    release = build(project, "1.0.0").release
    gone = {article.article_id: "asked by the author", other.article_id: "asked by the publisher"}
    assert release.manifest["takedowns"] == dict(sorted(gone.items()))
    assert not set(gone) & set(release.table()["article_id"].to_pylist())


def test_who_does_not_consent_is_not_released_but_still_counts(world: Any, project: Workspace) -> None:
    before = build(project, "1.0.0").release
    settings = project.path("toolkit.yaml")
    text = settings.read_text().replace("release:\n", "release:\n  consent: {annotator-1: false, annotator-2: true}\n")
    settings.write_text(text)
    project = Workspace(project.root)
    built = build(project, "auto")
    assert not built.up_to_date
    after = built.release
    assert set(after.table("annotations")["annotator"].to_pylist()) == {"annotator-2"}
    assert after.same_rows(before, "default")
    assert "The answers of 1 of them are not in it" in (after.path / "README.md").read_text()
    assert "annotator-1" not in "".join(path.read_text() for path in after.path.glob("*.*"))


def test_the_agreement_report_says_nothing_alone_of_who_does_not_consent(world: Any, project: Workspace) -> None:
    other = replace(
        world.annotations[0], labels=("not_article",), spans=(), relations=(), updated_at="2026-01-02T00:00:00Z"
    )
    project.annotations.append([revision(other, {})])
    agreement(project)
    measured = json.loads(project.path("reports", "agreement.json").read_text())
    assert [len(measured[part]) for part in ("by_annotator", "pairs", "disputed")] == [2, 1, 1]
    settings = project.path("toolkit.yaml")
    settings.write_text(settings.read_text().replace("release:\n", "release:\n  consent: {annotator-1: false}\n"))
    released = json.loads((build(Workspace(project.root), "1.0.0").path / "agreement.json").read_text())
    assert [len(released[part]) for part in ("by_annotator", "pairs", "disputed")] == [1, 0, 0]
    assert released["labels"] == measured["labels"]
    assert "annotator-1" not in json.dumps(released)


def test_agreement_that_is_older_than_the_answers_is_refused(world: Any, project: Workspace) -> None:
    def released(version: str) -> int:
        report = json.loads((build(project, version).path / "agreement.json").read_text())
        return sum(row["skipped"] for row in report["by_annotator"])

    def refused(command: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            build(project, "auto")
        what = "is out of date (annotations/log.jsonl changed)"
        assert (caught.value.what, caught.value.remedy) == (what, f"run `{command}` and build again")
        assert caught.value.where == str(project.path("reports/agreement.json"))

    first, second = world.annotations[:2]
    agreement(project)
    before = released("1.0.0")
    skip = replace(first, skipped=True, labels=(), spans=(), relations=(), updated_at="2026-01-02T00:00:00Z")
    project.annotations.append([revision(skip, {})])
    refused("toolkit agreement")
    agreement(project)
    assert released("auto") == before + 1
    assert build(project, "auto").up_to_date

    agreement(project, round_of={sentence.sentence_id: "pilot" for sentence in world.sentences[:40]})
    released("auto")
    project.annotations.append([revision(replace(second, updated_at="2026-01-03T00:00:00Z"), {})])
    refused("toolkit agreement --round pilot=FILE")
    project.path("reports/agreement.json").unlink()
    assert not (build(project, "auto").path / "agreement.json").exists()


def test_decisions_that_are_older_than_the_answers_are_refused(world: Any, project: Workspace) -> None:
    adjudicate(project)
    build(project, "1.0.0")
    withdrawn = {"event": "tombstone", "annotation_id": world.annotations[0].annotation_id, "reason": "test"}
    project.annotations.append([withdrawn])
    with pytest.raises(InvalidInput, match=r"is out of date .*; run `toolkit adjudicate`"):
        build(project, "auto")
    agreement(project)
    project.annotations.append([withdrawn])
    with pytest.raises(InvalidInput) as caught:
        build(project, "auto")
    assert [Path(str(fault.where)).name for fault in caught.value.faults] == ["agreement.json", "gold.parquet"]


def test_a_misspelt_name_of_who_does_not_consent_is_refused(project: Workspace) -> None:
    settings = project.path("toolkit.yaml")
    settings.write_text(settings.read_text().replace("release:\n", "release:\n  consent: {annotator-l: false}\n"))
    with pytest.raises(InvalidInput, match="nobody who answered is called annotator-l; take it out, or name one of"):
        build(Workspace(project.root), "1.0.0")
    assert not list(project.path("releases").glob("*"))


def test_what_was_disputed_of_a_taken_down_article_is_not_released(world: Any, project: Workspace) -> None:
    disputes = [{"sentence_id": world.sentences[place].sentence_id, "answers": []} for place in (0, -1)]
    project.write("reports/agreement.json", json.dumps({"labels": [], "layers": [], "disputed": disputes}))
    project.write("takedowns.yaml", f"{world.articles[0].article_id}: asked by the author\n")
    released = json.loads((build(project, "1.0.0").path / "agreement.json").read_text())
    assert released["disputed"] == disputes[1:]


def test_an_address_that_articles_print_can_be_allowed(world: Any, project: Workspace) -> None:
    answers = [replace(world.annotations[0], note="as desk@example.org wrote", updated_at="2026-01-02T00:00:00Z")]
    project.annotations.append(revision(answer, {}) for answer in answers)
    with pytest.raises(InvalidInput, match="an e-mail address would be released"):
        build(project, "1.0.0")
    settings = project.path("toolkit.yaml")
    settings.write_text(settings.read_text().replace("release:\n", "release:\n  allowed: [desk@example.org]\n"))
    assert build(Workspace(project.root), "1.0.0").version == "1.0.0"


ADA = {"id": 7, "email": "ada@example.org", "first_name": "Ada", "last_name": "Quill", "username": "ada"}
NAMED = "the name or address of an annotator would be released"


def noted(world: Any, note: str, raw: dict[str, Any] | None = None) -> dict[str, Any]:
    return revision(replace(world.annotations[0], note=note, updated_at="2026-01-02T00:00:00Z"), raw or {})


@pytest.mark.parametrize(
    ("note", "refused"),
    [
        ("Ada said so", True),
        ("ADA QUILL said so", True),
        ("Quill, Ada", True),
        ("ask ben.stone", True),
        ("ask Ben\nStone", True),
        ("by cleo@intranet", True),
        ("Adams, Adana and ada lovelace", False),
        ("a stone, a quill", False),
        ("schema news_events@1.0.0", False),
    ],
)
def test_an_annotator_who_is_named_in_a_note_is_found(world: Any, project: Workspace, note: str, refused: bool) -> None:
    project.write("annotators.yaml", "annotators:\n  - {email: ben.stone@example.org}\n  - email: cleo@intranet\n")
    raw = {"completed_by": ADA, "prediction": {"model_version": "news_events@1.0.0"}, "data": {"user": "x@1.0"}}
    project.annotations.append([noted(world, note, raw)])
    if not refused:
        assert build(project, "1.0.0").version == "1.0.0"
        return
    with pytest.raises(InvalidInput, match=NAMED) as caught:
        build(project, "1.0.0")
    assert caught.value.where == f"annotations.note of annotation_id {world.annotations[0].annotation_id}"
    assert "release:" in str(caught.value)
    assert not list(project.path("releases").glob("*"))


def test_an_annotator_who_is_named_in_a_file_is_found_with_its_line(project: Workspace) -> None:
    project.write("annotators.yaml", "annotators:\n  - {email: ben.stone@example.org}\n")
    settings = project.path("toolkit.yaml")
    settings.write_text(settings.read_text().replace('title: "News sentences"', 'title: "By Ben Stone"'))
    with pytest.raises(InvalidInput, match=NAMED) as caught:
        build(Workspace(project.root), "1.0.0")
    places = [fault.where or "" for fault in caught.value.faults]
    assert {"CITATION.cff:4", "LICENSE:1"} <= {*places}
    assert all(re.fullmatch(r"[\w/.]+:[0-9]+", place) for place in places)


def test_the_news_may_name_whom_it_likes(world: Any, project: Workspace) -> None:
    """Annotators are called like the towns and the headlines of the articles."""
    raw = [{"first_name": "Arlo", "last_name": "Brenn"}, {"first_name": "Headline", "last_name": "1"}]
    project.annotations.append([noted(world, "as before", {"completed_by": raw[0], "reviewed_by": raw[1]})])
    release = build(project, "1.0.0").release
    assert "Arlo" in "".join(release.table()["text"].to_pylist())
    assert "Headline 1" in release.table()["title"].to_pylist()


def test_an_author_may_be_an_annotator(world: Any, project: Workspace) -> None:
    project.annotations.append([noted(world, "as before", {"completed_by": ADA})])
    settings = project.path("toolkit.yaml")
    settings.write_text(settings.read_text().replace("authors: []", "authors: [Ada Quill]"))
    release = build(Workspace(project.root), "1.0.0").release
    assert "Ada Quill" in (release.path / "CITATION.cff").read_text()


@pytest.mark.parametrize(
    ("text", "words"),
    [("- a\n", "article_id or url"), ("https://nowhere.example/1: x\n", "no article has this url"), ("a: [\n", "YAML")],
)
def test_a_wrong_takedown_list_is_refused(project: Workspace, text: str, words: str) -> None:
    project.write("takedowns.yaml", text)
    with pytest.raises(InvalidInput, match=words):
        build(project, "1.0.0")
    assert not project.path("releases").exists() or not list(project.path("releases").iterdir())


@pytest.mark.slow
def test_a_kill_at_any_instant_leaves_nothing_or_all(project: Workspace) -> None:
    command = [sys.executable, "-c", BUILD, str(project.root)]
    started = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - started
    expected = contents(project.release_path("1.0.0"))
    chance = random.Random(0)
    for _ in range(8):
        for path in sorted(project.release_path("1.0.0").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        if project.release_path("1.0.0").exists():
            project.release_path("1.0.0").rmdir()
        running = subprocess.Popen(command)
        time.sleep(whole * chance.uniform(0.5, 1))  # imports take the first half
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        if project.release_path("1.0.0").exists():
            assert contents(project.release_path("1.0.0")) == expected
        else:
            assert contents(build(project, "1.0.0").path) == expected
        assert [path.name for path in project.path("releases").iterdir()] == ["1.0.0"]
        load(project.release_path("1.0.0")).verify()


def test_pages_that_changed_since_they_were_read_are_refused_unless_told(project: Workspace, tmp_path: Path) -> None:
    page = project.write("pages/one.txt", "One\n\nThe ferry left.\n")
    read = {"pages/one.txt": file_digest(page)}
    articles = project.path("articles.parquet").read_bytes()
    derive(project.root, "ingest", inputs=read, parameters={}, make=lambda: Made({"articles.parquet": articles}, {}))
    assert build(project, "1.0.0").version == "1.0.0"
    project.write("pages/two.txt", "Two\n\nA new page is no reason.\n")
    assert build(project, "1.0.0").up_to_date

    page.write_text("One\n\nThe ferry stayed.\n")
    with pytest.raises(InvalidInput, match=r"out of date \(pages/one\.txt changed\).*run `toolkit ingest`"):
        build(project, "auto")
    assert build(project, "1.0.0", allow_stale=True).up_to_date
    opened, copies = Project(project.root), tmp_path / "copies"
    with pytest.raises(InvalidInput, match=r"pages/one\.txt changed.*--allow-stale"):
        opened.publish("1.0.0", to=copies)
    assert not copies.exists()
    assert opened.publish("1.0.0", to=copies, allow_stale=True).changed
    with pytest.raises(SystemExit) as caught:
        main(["build", "--bump", "auto", "--project", str(project.root)])
    assert caught.value.code == 3


def test_sentences_that_are_older_than_the_articles_are_refused(project: Workspace) -> None:
    made = Made({"sentences.parquet": project.path("sentences.parquet").read_bytes()}, {})
    read = project.digests("articles.parquet")
    derive(project.root, "segment", inputs=read, parameters={}, make=lambda: made)
    project.write("articles.parquet", parquet_bytes(to_table(Article, project.articles()[1:])))
    with pytest.raises(InvalidInput, match=r"sentences\.parquet: is out of date .*run `toolkit segment`"):
        build(project, "1.0.0")


def test_models_whose_suggestions_people_saw_are_named_with_their_prompt(project: Workspace) -> None:
    before = build(project, "1.0.0").release
    assert "models" not in before.manifest
    ids = [each.sentence_id for each in project.sentences()]
    log = SuggestionLog(project)
    log.note(Suggestion(sentence_id=key, shown=number > 1, model="m@1") for number, key in enumerate(ids[:5]))
    log.add([Suggestion(sentence_id=ids[0], shown=None, model="only-asked@1")])
    about = {
        "model": "m@1",
        "url": "http://inside.example/v1",
        "prompt": "You are an annotator.",
        "prompt_digest": "0a",
    }
    project.write("suggestions/models/m@1.json", json.dumps(about))
    release = build(project, "1.0.1").release
    assert release.manifest["models"] == {
        "m@1": {"shown_on": 3, "prompt": "You are an annotator.", "prompt_digest": "0a"}
    }
    assert "suggestions of the model `m@1` on 3 sentences" in (release.path / "README.md").read_text()
    assert b"inside.example" not in b"".join(contents(release.path).values())
    assert build(project, "1.0.1").up_to_date
