"""Rules of every command: URLs are no paths, Ctrl+C says what is safe, and the help is one line each, in groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.cli import main
from toolkit.cli.app import GROUPS


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code  # type: ignore[return-value]


@pytest.mark.parametrize(
    "arguments",
    [
        ["init", "s3://bucket/project"],
        ["publish", "1.0.0", "--to", "s3://bucket/x"],
        ["export", "1.0.0", "gs://bucket/exp"],
        ["hydrate", "1.0.0", "hf://datasets/a/b"],
        ["train", "1.0.0", "--baseline", "majority", "-o", "s3://bucket/m"],
        ["train-files", "https://example.org/train.jsonl", "--output", "m"],
        ["report", "--output", "memory://report.html"],
        ["ingest", "--project", "s3://bucket/project"],
        ["ingest", "--profile", "a.yaml", "--profile", "s3://bucket/b.yaml"],
        ["schema", "migrate", "s3://bucket/migration.yaml"],
        ["studio", "start", "--data", "s3://bucket/data"],
    ],
    ids=" ".join,
)
def test_a_url_where_a_path_is_meant_is_refused_before_anything_is_written(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert "is a path on this machine" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_url_of_a_file_here_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", f"file://{tmp_path}/a%20project") == 0
    assert (tmp_path / "a project" / "toolkit.yaml").is_file()


def test_ctrl_c_says_what_is_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("toolkit.api.facade.Project.find", stop)
    assert run("segment") == 6
    told = capsys.readouterr().err
    assert "every file is whole" in told
    assert "run the same command again" in told


def test_the_help_has_every_command_in_its_group_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:-1] for line in lines if line.endswith(":") and line[:-1] in GROUPS] == list(GROUPS)
    said = [line for members in GROUPS.values() for line in members.values()]
    assert all(any(line.endswith(f"  {each}") for line in lines) for each in said)


def test_a_word_that_is_not_a_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sgment") == 2
    assert "Did you mean 'segment'" in capsys.readouterr().err
    assert run("train", "--basline", "x") == 2
    assert "--baseline" in capsys.readouterr().err


def test_outside_of_a_project_four_lines_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run() == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    for command in ("toolkit demo", "toolkit init my-project --from FOLDER", "toolkit --help"):
        assert any(line.endswith(command) for line in lines)
