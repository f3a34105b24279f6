"""Files that are broken or hostile as YAML: each is a fault with line and column."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schema.weather import GOOD, changed, faults
from toolkit.errors import InvalidInput
from toolkit.schema import check, load
from toolkit.schema.yaml_document import read_document


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GOOD.replace("Weather", "W\0").encode(), "s.yaml:3:9: not valid YAML: the character U+0000 is not allowed"),
        (
            GOOD.replace("It pours", "Il a plu à").encode("latin-1"),
            "s.yaml:16:25: not UTF-8: invalid continuation byte",
        ),
        (b"? [a, b]\n: 1\n" + GOOD.encode(), "s.yaml:1:3: a key must be a plain word"),
        (b"- a\n", "s.yaml:1:1: a schema is a mapping with name, version, title, layers and labels"),
        (b"labels: 5\n" + GOOD.replace("labels:\n", "x:\n").encode(), "s.yaml:1:1: expected a list, not 5 @ labels"),
    ],
    ids=["control-character", "latin-1", "key", "list", "labels"],
)
def test_broken_files_are_told_by_line_and_column(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(content)
    assert str(check(path)[0]).removeprefix(f"{tmp_path}/").startswith(expected)


@pytest.mark.parametrize(
    "text",
    [
        "name: &a [*a]\n",
        "[" * 5000,
        "name: 2026-99-99\n",
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
        "name: !!python/object/apply:os.system [echo]\n",
        "? [a, b]\n: c\n",
    ],
    ids=["within-itself", "deep", "date", "bomb", "code", "complex-key"],
)
def test_hostile_yaml_is_a_fault_and_no_crash(text: str) -> None:
    assert faults(text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text(alphabet="a:-[]{}#&*\"'\n >|!?0", max_size=6))
def test_a_damaged_file_is_a_schema_or_a_list_of_faults(at: int, cut: int, words: str) -> None:
    damaged = GOOD[:at] + words + GOOD[at + cut :]
    assert all(fault.startswith("weather.yaml") for fault in faults(damaged))


def test_a_file_that_is_not_utf8_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "weather.yaml"
    path.write_bytes(GOOD.encode().replace(b"It pours", b"It p\xffurs"))
    assert "not UTF-8" in str(check(path)[0])
    with pytest.raises(InvalidInput, match="not UTF-8"):
        load(path)


def test_a_key_that_stands_twice_is_a_fault() -> None:
    assert "weather.yaml:3:1: key 'version' stands twice, first in line 2" in faults(
        changed(("version: 1.2.0", "version: 1.2.0\nversion: 1.3.0"))
    )


def test_words_that_are_not_yaml_are_a_fault() -> None:
    assert "not valid YAML" in faults(changed(("title: Weather\n", "title: [Weather\n")))[0]


@pytest.mark.parametrize("value", ["!!python/name:os.system", "!!python/object/apply:os.getpid []"])
def test_no_value_is_an_object_of_python(value: str) -> None:
    with suppress(InvalidInput):
        assert read_document(f"name: {value}\n", "a.yaml").data == {"name": []}
