"""`toolkit check`, and `toolkit evaluate --file`: rows of anyone, without a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.cli.app import main


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    return ended.value.code or 0, *capsys.readouterr()


def rows(path: Path, labels: tuple[str, ...], number: int = 60) -> Path:
    said = ("the mayor denied", "the mayor opened", "the mayor met")
    made = ({"text": f"{said[at % len(labels)]} case {at}", "label": labels[at % len(labels)]} for at in range(number))
    path.write_text("".join(json.dumps(row) + "\n" for row in made))
    return path


def test_findings_are_advice_and_lists_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = (rows(tmp_path / name, ("denial", "none")) for name in ("train.jsonl", "test.jsonl"))
    code, out, _ = run(capsys, "check", train, "--test", test)
    assert (code, out.split()[0]) == (0, "leakage")
    code, out, _ = run(capsys, "check", train)
    assert (code, out) == (0, "nothing to mend was found\n")
    code, out, err = run(capsys, "check", rows(tmp_path / "b.jsonl", ("a", "b", "a, b")), "--json")
    assert code == 3
    assert [finding["kind"] for finding in json.loads(out)["findings"]] == ["lists"]
    assert "'a, b' looks like a list of labels (20 rows)" in err


def test_what_is_no_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = rows(tmp_path / "train.jsonl", ("denial", "none"))
    code, _, err = run(capsys, "check", train, tmp_path / "other.jsonl")
    assert (code, err) == (2, f"error: {tmp_path}/other.jsonl is not a file; check files, or one release\n")


@pytest.mark.slow
def test_a_file_in_the_place_of_a_release_is_read_or_told_where_it_goes(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows(tmp_path / "test.jsonl", ("denial", "none"), 40)
    for words in (("evaluate", model, "test.jsonl"), ("train", "test.jsonl")):
        code, _, err = run(capsys, *words)
        assert (code, "test.jsonl: is a file, not a release directory; give files of rows" in err) == (3, True), err
    code, out, err = run(capsys, "learning-curve", "test.jsonl", "--baseline", "majority")
    assert (code, out.startswith("sentences (majority)")) == (0, True), err


@pytest.mark.slow
def test_a_model_is_judged_on_any_file(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = rows(tmp_path / "test.jsonl", ("denial", "none"), 20)
    code, out, _ = run(capsys, "evaluate", model, "--file", test, "--against", model, "--json")
    found = json.loads(out)
    assert (code, found["accuracy"]["value"], found["rows"], found["split"]) == (0, 1.0, 20, "test.jsonl")
    assert 0.5 < found["accuracy"]["low"] < 1
    assert (found["against"]["p_value"], found["against"]["difference"]["value"]) == (1.0, 0.0)
    code, out, _ = run(capsys, "evaluate", model, "--file", test)
    assert (code, "accuracy" in out) == (0, True)
    code, _, err = run(capsys, "evaluate", model, "1.0.0", "--file", test)
    assert (code, err) == (2, "error: --file goes without a release, --split, --since and --quiz\n")


@pytest.mark.slow
def test_a_page_of_an_evaluation_is_written_where_it_is_asked_for(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test, page = rows(tmp_path / "test.jsonl", ("denial", "none"), 20), tmp_path / "out" / "page.html"
    lines = [json.loads(line) for line in test.read_text().splitlines()]
    test.write_text("".join(json.dumps({"said": row["text"], "topic": row["label"]}) + "\n" for row in lines))
    columns = ("--text-column", "said", "--label-column", "topic")
    code, out, err = run(capsys, "evaluate", model, "--file", test, *columns, "--html", page)
    assert (code, "accuracy" in out, f"written to {page}" in err) == (0, True, True), err
    assert ">Confusion</h2>" in page.read_text(encoding="utf-8")
    code, _, err = run(capsys, "evaluate", model, "--file", test, "--html", page)
    assert (code, "--text-column NAME" in err) == (3, True)
