from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from huggingface_hub import ModelCard

from toolkit.baselines import (
    load,
    train_files,
    train_release,
)
from toolkit.baselines.training import training_run
from toolkit.cli import main
from toolkit.errors import InvalidInput, UsageError


@pytest.mark.slow
def test_a_release_becomes_a_model_directory(releases: Path, tmp_path: Path) -> None:
    run = train_release(releases / "1.0.0", tmp_path, baseline="words-lr", dataset="owner/news")
    assert run.path == tmp_path / "words-lr-1.0.0"
    files = {path.name for path in run.path.iterdir()}
    assert files == {
        "README.md",
        "config.json",
        "f1.svg",
        "metrics.json",
        "model.safetensors",
        "model.skops",
        "requirements.txt",
        "vocabulary.json",
    }
    assert list(run.evaluations) == ["validation", "test"]
    assert run.model.targets.exclusive == ("none",)
    assert load(run.path).predict(["Storm 5 killed people in the valley."]) == [("casualty_figure",)]
    metrics = json.loads((run.path / "metrics.json").read_text())
    assert metrics["test"]["macro_f1"]["value"] == run.to_dict()["metrics"]["macro_f1"] > 0.9
    card = ModelCard.load(run.path / "README.md")
    (result, *_) = [item for item in card.data.eval_results if item.dataset_split == "test"]
    assert (result.dataset_type, result.dataset_revision) == ("owner/news", "v1.0.0")
    assert result.metric_value == run.evaluations["test"].macro_f1.value


@pytest.mark.slow
def test_files_train_a_model_and_are_judged(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for name, seed in (("train", 0), ("test", 1)):
        rows = make_rows(seed=seed)
        lines = [{"text": text, "labels": list(given)} for text, given in zip(rows.texts, rows.labels, strict=True)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    files, out = tmp_path / "test.jsonl", tmp_path / "model"
    run = train_files([tmp_path / "train.jsonl"], test=files, baseline="words-lr", out=out)
    (result, *_) = ModelCard.load(out / "README.md").data.eval_results
    assert (result.dataset_name, result.dataset_split) == ("test.jsonl", "test")
    told = run.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    low, high = told["metrics"]["intervals"]["macro_f1"]
    assert low < told["metrics"]["macro_f1"] < high
    assert told["metrics"]["f1_positive"] is None
    assert told["model_bytes"] > 1000
    assert told["path"] == str(out)
    alone = train_files([tmp_path / "train.jsonl"], baseline="majority").to_dict()
    assert alone["metrics_of"] == "nested cross-validation"


def test_a_label_that_training_never_saw_is_noted(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(40, multi=False)
    for name, labels in (("train", rows.labels), ("test", (("unheard of",), *rows.labels[1:]))):
        lines = [json.dumps({"text": t, "label": given[0]}) for t, given in zip(rows.texts, labels, strict=True)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run = train_files([tmp_path / "train.jsonl"], test=tmp_path / "test.jsonl", baseline="words-lr")
    notes = run.to_dict()["notes"]
    assert [note for note in notes if "unheard of" in note]
    assert len(notes) == len(set(notes))


@pytest.mark.slow
def test_a_stream_calls_its_score_that_of_held_out_rows(
    make_rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("toolkit.baselines.training.training_run.STREAM_BYTES", 1000)
    rows = make_rows(400, multi=False)
    lines = [json.dumps({"text": t, "label": given[0]}) for t, given in zip(rows.texts, rows.labels, strict=True)]
    (tmp_path / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["train", "--train", str(tmp_path / "train.jsonl"), "-o", str(tmp_path / "model"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["metrics_of"] == "held-out rows"
    assert told["held_out_macro_f1"] == {"hashing-sgd": told["metrics"]["macro_f1"]}
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "cross-valid" not in json.dumps(told) + card
    assert "held out by group" in card


def test_unusable_rows_go_to_a_file_and_are_counted(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path, rejects = tmp_path / "train.jsonl", tmp_path / "rejects.jsonl"
    rows = make_rows(40)
    lines = [json.dumps({"text": text, "labels": given}) for text, given in zip(rows.texts, rows.labels, strict=True)]
    path.write_text("\n".join([*lines, "{broken", '{"text": 3, "labels": []}', ""]))
    run = train_files([path], test=path, baseline="majority", rejects=rejects)
    assert run.to_dict()["train_rows"] == 40
    assert run.to_dict()["left_out_rows"] == 2
    assert f"2 rows left out, which can't be used; the reasons are in {rejects}" in run.to_dict()["notes"]
    found = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(each["source"], each["start"], each["reason"]) for each in found] == [
        (str(path), 41, "not-json"),
        (str(path), 42, "no-text"),
    ]


def test_the_reasons_are_kept_when_no_row_can_be_used(tmp_path: Path) -> None:
    path, rejects = tmp_path / "train.jsonl", tmp_path / "rejects.jsonl"
    path.write_text("{broken\n[]\n")
    with pytest.raises(InvalidInput):
        train_files([path], rejects=rejects)
    assert [json.loads(line)["start"] for line in rejects.read_text().splitlines()] == [1, 2]


@pytest.mark.slow
def test_a_stream_writes_what_it_leaves_out_once(
    make_rows,  # type: ignore[no-untyped-def]
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training_run, "STREAM_BYTES", 0)
    path, rejects = tmp_path / "train.jsonl", tmp_path / "rejects.jsonl"
    rows = make_rows(200, multi=False)
    lines = [json.dumps({"text": text, "label": given[0]}) for text, given in zip(rows.texts, rows.labels, strict=True)]
    path.write_text("\n".join(["{broken", *lines, "[]"]))
    assert train_files([path], rejects=rejects).left_out == 2
    assert len(rejects.read_text().splitlines()) == 2


def test_rejects_never_replace_what_is_read(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "x", "label": "y"}\n')
    for place, message in ((path, "is read from"), (tmp_path, "is a directory")):
        with pytest.raises(UsageError, match=message):
            train_files([path], rejects=place)
    assert path.read_text() == '{"text": "x", "label": "y"}\n'


def test_files_of_two_kinds_are_refused_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_run, "train_model", None)
    one, many = tmp_path / "one.jsonl", tmp_path / "many.jsonl"
    one.write_text('{"text": "x", "label": "y"}\n')
    many.write_text('{"text": "x", "labels": ["y"]}\n')
    with pytest.raises(
        InvalidInput, match=r"many\.jsonl: the rows give a sentence any number of labels, the model one"
    ):
        train_files([one], test=many)


def test_any_label_may_be_the_positive_one(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path, rows = tmp_path / "train.jsonl", make_rows(40)
    lines = [json.dumps({"text": text, "labels": given}) for text, given in zip(rows.texts, rows.labels, strict=True)]
    path.write_text("\n".join(lines))
    run = train_files([path], test=path, baseline="words-lr", positive="talks").to_dict()
    assert run["positive"] == "talks"
    assert run["metrics"]["f1_positive"] > 0
    assert len(run["metrics"]["intervals"]["f1_positive"]) == 2
    with pytest.raises(UsageError, match="the positive label 'none' does not occur; the labels are casualty, denial"):
        train_files([path], positive="none", baseline="majority")


@pytest.mark.slow
def test_names_of_any_script_and_with_any_character_are_drawn_and_listed(tmp_path: Path) -> None:
    names = ("\u6b7b\u4ea1", "US$ or CA$", "$}$", "a|b <c> & `d`", "\u0627\u0644\u0642\u062a\u0644\u0649")
    rows = [{"text": f"word{at % 5} x{at}", "label": names[at % 5]} for at in range(60)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = tmp_path / "rows.jsonl"
    run = train_files([path], test=path, baseline="words-lr", out=tmp_path / "model")
    drawn = ElementTree.fromstring((tmp_path / "model" / "f1.svg").read_text(encoding="utf-8"))
    shown = [text for each in drawn.iter() if (text := each.text)]
    assert all(f"{name} (12)" in shown for name in names)
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in card.splitlines() if "&lt;c&gt;" in line]
    assert line.count("|") == 9, "a bar in a name ends no cell"
    assert run.to_dict()["metrics"]["accuracy"] == 1.0


def test_long_names_that_differ_at_their_end_are_told_apart_in_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    names = [f"violence against civilians that was reported by {who}" for who in ("the police", "a hospital")]
    rows = [{"text": f"word{at % 2} x{at}", "label": names[at % 2]} for at in range(60)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    train_files([path], test=path, baseline="words-lr", out=tmp_path / "model")
    drawn = ElementTree.fromstring((tmp_path / "model" / "f1.svg").read_text(encoding="utf-8"))
    shown = {text for each in drawn.iter() if (text := each.text) and "violence" in text}
    assert len(shown) == 2
    assert all(len(name) < 50 for name in shown)


@pytest.mark.slow
def test_what_a_look_at_the_rows_finds_is_noted_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{"text": f"word{at % 3} x{at}", "label": ("Yes", "yes", "no")[at % 3]} for at in range(60)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "'Yes' and 'yes' differ only in case" in train_files([path], baseline="words-lr").model.notes[0]
    rows += [{"text": f"both {at}", "label": "yes,no"} for at in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(InvalidInput, match="'yes,no' looks like a list of labels"):
        train_files([path], baseline="words-lr")


def test_copies_between_the_files_to_learn_from_are_noted(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    lines = [f'{{"text": "the council met for the {at}th time", "label": "{"ab"[at % 2]}"}}\n' for at in range(60)]
    one.write_text("".join(lines))
    two.write_text("".join(lines[:3]) + '{"text": "the council met for the 3th time!", "label": "a"}\n')
    run = train_files([one, two], baseline="majority")
    (note,) = (note for note in run.model.notes if "stand in" in note)
    assert note.startswith(f"4 of 4 rows of {two} stand in {one} too, exactly or nearly")
    assert "; 1 with other labels" in note
