"""`toolkit schema …` as a person runs it: what is written, what is said, which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.cli import main
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.records import Annotation, Article, Page, Piece, Sentence, from_json
from toolkit.schema import Contradiction, load, quiz

ROOT = Path(__file__).parent.parent.parent
CLAIMS = (ROOT / "schemas" / "claims" / "1.0.0.yaml").read_text(encoding="utf-8")

PLACE = "\nspans:\n  - {id: PLACE, title: Place, rule: Where it was., hotkey: p}\n"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    code = left.value.code
    return code if isinstance(code, int) else 0


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "project", schema="claims@1.0.0", title="Claims")


def answered(sentence_id: str, *labels: str, who: str = "ann") -> Annotation:
    return Annotation(
        annotation_id=f"{sentence_id}-{who}",
        sentence_id=sentence_id,
        annotator=who,
        labels=tuple(sorted(labels)),
        schema="claims@1.0.0",
        created_at="2031-03-12T10:00:00Z",
        updated_at="2031-03-12T10:00:00Z",
    )


@pytest.mark.parametrize("name", ["claims", "news_events"])
def test_all_that_is_rendered_is_written_to_its_place(name: str, tmp_path: Path) -> None:
    assert run("schema", "render", name, "--write", str(tmp_path)) == 0
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert written == [
        f"guidelines/{name}/{load(name).version}.html",
        f"guidelines/{name}/{load(name).version}.md",
        f"label_configs/{name}/{load(name).version}.xml",
    ]
    config = f"label_configs/{name}/{load(name).version}.xml"
    assert (tmp_path / config).read_bytes() == (ROOT / config).read_bytes()


def test_a_file_and_a_folder_at_once_are_refused(tmp_path: Path) -> None:
    assert run("schema", "render", "claims", "--write", str(tmp_path), "-o", str(tmp_path / "x")) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "version", "level"),
    [
        (CLAIMS, CLAIMS.replace("A small schema", "A very small schema"), "1.0.1", "patch"),
        (CLAIMS, CLAIMS + PLACE, "1.1.0", "minor"),
        (CLAIMS + PLACE, CLAIMS, "2.0.0", "major"),
    ],
)
def test_diff_says_the_class_and_holds_the_version_number_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, version: str, level: str
) -> None:
    first, right, wrong = tmp_path / "old.yaml", tmp_path / "right.yaml", tmp_path / "wrong.yaml"
    first.write_text(old, encoding="utf-8")
    right.write_text(new.replace("version: 1.0.0", f"version: {version}"), encoding="utf-8")
    other = "3.0.0" if level == "patch" else "1.0.9"
    wrong.write_text(new.replace("version: 1.0.0", f"version: {other}"), encoding="utf-8")
    assert run("schema", "diff", str(first), str(right)) == 0
    assert f"{level}, as the version number says" in capsys.readouterr().err
    assert run("schema", "diff", str(first), str(wrong)) == 4


def test_migrate_says_what_is_left_to_do(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    new = CLAIMS.replace("version: 1.0.0", "version: 1.0.1").replace("A small schema", "A very small schema")
    workspace.write("schemas/claims/1.0.1.yaml", new)
    migration = workspace.write("m.yaml", "from: claims@1.0.0\nto: claims@1.0.1\nreviewed_by: a person\nsteps: []\n")
    workspace.annotations.append([revision(answered("s1", "claim"), {"id": 1})])
    here = ["--project", str(workspace.root)]
    assert run("schema", "migrate", str(migration), "--dry-run", *here) == 0
    out, err = capsys.readouterr()
    assert "1 unchanged" in out
    assert "write `schema: schemas/claims/1.0.1.yaml`" in err
    assert {answer.schema for answer in workspace.answers()} == {"claims@1.0.0"}
    assert run("schema", "migrate", str(migration), "--write-config", "--json", *here) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["counts"]["unchanged"], found["configured"], found["project"]) == (1, True, "Claims")
    assert {answer.schema for answer in workspace.answers()} == {"claims@1.0.1"}
    assert Workspace(workspace.root).schema().ref == "claims@1.0.1"
    assert run("schema", "migrate", str(migration), *here) == 0
    assert "[up to date]" in capsys.readouterr().out


def test_gold_that_contradicts_an_example_is_reported(workspace: Workspace) -> None:
    items = quiz(load("claims@1.0.0"))
    wrong = next(item for item in items if item.labels == ("claim",))
    text = f"{wrong.text}\nIt rained."
    raw = text.encode()
    piece = Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw))
    article = Article.of(text, page=Page.of(raw, source="a.txt"), pieces=(piece,))
    first = Sentence.of(article, 0, len(wrong.text), paragraph=0)
    second = Sentence.of(article, len(wrong.text) + 1, len(text), paragraph=1)
    workspace.write("articles.parquet", parquet_bytes(to_table(Article, [article])))
    workspace.write("sentences.parquet", parquet_bytes(to_table(Sentence, [first, second])))
    answers = [answered(each.sentence_id, "none", who=who) for each in (first, second) for who in ("ann", "ben")]
    workspace.annotations.append(revision(answer, {"id": number}) for number, answer in enumerate(answers))
    outcome = adjudicate_stage.adjudicate(workspace)
    assert outcome.counts["contradict an example"] == 1
    (line,) = workspace.path(adjudicate_stage.CONTRADICTIONS).read_bytes().splitlines()
    found = from_json(Contradiction, line)
    assert (found.sentence_id, found.item, found.labels) == (first.sentence_id, wrong, ("none",))


def test_a_model_is_held_against_the_examples(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, model = tmp_path / "rows.jsonl", tmp_path / "model"
    rows.write_text('{"text": "It rained.", "labels": ["none"]}\n{"text": "It snowed.", "labels": ["none"]}\n')
    here = ["--project", str(workspace.root)]
    assert run("train", "--train", str(rows), "--baseline", "majority", "-o", str(model)) == 0
    capsys.readouterr()
    assert run("evaluate", str(model), "--quiz", "--json", *here) == 0
    found = json.loads(capsys.readouterr().out)
    items = quiz(load("claims@1.0.0"))
    missed = [item.text for item in items if item.labels != ("none",)]
    assert [mistake["item"]["text"] for mistake in found["mistakes"]] == missed
    assert (found["answered"], found["correct"]) == (len(items), len(items) - len(missed))
    assert run("evaluate", str(model), "--quiz", *here) == 0
    out, err = capsys.readouterr()
    assert f"{found['correct']} of {found['answered']} examples are met by model" in out
    assert err.startswith("model: trained without a schema and asked about claims@1.0.0: it never gives")
    assert [err.strip()] == found["notes"]
