from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from toolkit.cli import main


@pytest.mark.parametrize("option", [("--seed", "-1"), ("--seed", "99999999999"), ("--resamples", "-1")])
def test_numbers_that_nothing_can_be_drawn_with_are_refused(
    option: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "--train", "rows.jsonl", *option])
    assert ended.value.code == 2
    assert option[0] in capsys.readouterr().err


@pytest.mark.slow
def test_without_a_file_to_judge_on_the_cross_validated_score_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"text": f"{('they met', 'a road')[n % 2]} {n}", "label": "ab"[n % 2]} for n in range(40)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["train", "--train", str(tmp_path / "rows.jsonl"), "--baseline", "words-lr"])
    out = capsys.readouterr().out
    assert "cross-validation" in out
    assert re.search(r"^macro_f1 +1\.00 +0\.\d\d to 1\.00$", out, flags=re.MULTILINE)


def test_several_files_follow_one_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / f"part-{number}.jsonl" for number in range(3)]
    for number, path in enumerate(paths):
        lines = [{"text": f"part {number} line {n} {'met' * (n % 2)}", "label": "ab"[n % 2]} for n in range(10)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def run(*arguments: object) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main(["train", "--baseline", "majority", "--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        return ended.value.code, out or err

    for arguments in (["--train", *paths], ["--train", paths[0], "--train", paths[1], paths[2]]):
        code, out = run(*arguments, "--test", paths[0])
        assert code == 0
        assert json.loads(out)["train_rows"] == 30
    assert run("--train", paths[0], tmp_path) == (
        2,
        "error: train on a release or on files, not on both; a release: `toolkit train RELEASE`\n",
    )
    assert run("1.0.0", "2.0.0")[0] == 2
