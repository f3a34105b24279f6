"""toolkit.yaml: every fault at once, each with its place and a remedy; the environment goes before the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import InvalidConfig
from toolkit.project import Workspace
from toolkit.project.config import new_config, read_config


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "toolkit.yaml"
    path.write_text(text)
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        read_config(path, environment={})
    return [str(fault).removeprefix(f"{path}") for fault in caught.value.faults]


def test_all_faults_at_once(tmp_path: Path) -> None:
    path = config(tmp_path, "schemas: x\nlabel_studio:\n  url: http://h\n  projekt: y\n  annotators_per_sentence: 0\n")
    assert faults(path) == [
        ":1:1: unknown key 'schemas'; did you mean 'schema'? @ schemas",
        ":4:3: unknown key 'projekt'; did you mean 'project'? @ label_studio.projekt",
        ":5:3: Input should be greater than or equal to 1 @ label_studio.annotators_per_sentence",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [", ":1:5: not valid YAML"),
        ("engine: embedded\nengine: embedded\n", ":2:1: key 'engine' stands twice, first in line 1"),
        ("- a\n", ":1:1: "),
        ("release:\n  splits: {train: 0.5, validation: 0.1, test: 0.1}\n", ":2:3: the fractions sum to 0.7, not to 1"),
    ],
)
def test_malformed(tmp_path: Path, text: str, fault: str) -> None:
    assert faults(config(tmp_path, text))[0].startswith(fault)


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "toolkit.yaml"
    path.write_bytes(b"schema: \xff\n")
    assert faults(path) == [": is not UTF-8 text; save it as UTF-8"]


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="make a project with `toolkit init DIR`"):
        Workspace.find(tmp_path)


def test_what_init_writes_is_valid_and_the_environment_goes_first(tmp_path: Path) -> None:
    path = config(tmp_path, new_config("claims@1.0.0", title='Harbour: "news" #1'))
    assert read_config(path, environment={}).label_studio.url is None
    assert read_config(path, environment={"LABEL_STUDIO_URL": "http://h"}).label_studio.url == "http://h"
    assert read_config(path, environment={}).release.title == 'Harbour: "news" #1'
