"""`toolkit train` in a project: what it says of a model that knows little."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.cli import main


def run(*words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--project", "news"])
    assert ended.value.code == 0, words


def answers() -> list[dict[str, object]]:
    """Return an export in which two people agree on twelve texts that tell one story."""
    made = {"created_at": "2031-03-12T10:00:00Z", "updated_at": "2031-03-12T10:00:00Z"}
    return [
        {
            "id": number,
            "data": {"text": f"The harbour master of the old port said on Monday that {number + 2} boats had left."},
            "annotations": [
                {
                    "id": 10 * number + person,
                    "completed_by": person,
                    **made,
                    "result": [
                        {
                            "type": "choices",
                            "from_name": "speech_act",
                            "to_name": "text",
                            "value": {"choices": ["claim" if number % 2 else "denial"]},
                        }
                    ],
                }
                for person in (1, 2)
            ],
        }
        for number in range(12)
    ]


@pytest.mark.slow
def test_one_story_has_no_test_split_and_is_told_so_before_anybody_evaluates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.json").write_text(json.dumps(answers()), encoding="utf-8")
    run("init", "news")
    run("pull", "--from-export", "export.json", "--import-texts")
    run("agreement")
    run("adjudicate")
    capsys.readouterr()
    run("build", "1.0.0")
    assert "there is no test split" in capsys.readouterr().err
    run("train", "--baseline", "words-lr")
    said = capsys.readouterr().err
    assert "note        all training rows belong to one story" in said
    assert "next: label sentences of more stories and build again" in said
    release = str(Path("news/releases/1.0.0").resolve())
    monkeypatch.chdir(tmp_path.parent)
    for words, code, told in ((["--split", "train"], 0, "macro_f1"), (["--quiz"], 2, "needs a project")):
        with pytest.raises(SystemExit) as ended:
            main(["evaluate", str(next((tmp_path / "news" / "models").iterdir())), release, *words])
        both = capsys.readouterr()
        assert (ended.value.code, told in both.out + both.err) == (code, True), words
    monkeypatch.chdir(tmp_path)
    run("train", "--baseline", "words-lr", "--json")
    assert json.loads(capsys.readouterr().out)["notes"]
    run("train", "--baseline", "words-lr", "--json")
    assert json.loads(capsys.readouterr().out)["up_to_date"]
    monkeypatch.setattr("toolkit.baselines.training.stage.FORMAT", "toolkit-baseline/9")  # of a later version
    run("train", "--baseline", "words-lr", "--json")
    assert not json.loads(capsys.readouterr().out)["up_to_date"]
