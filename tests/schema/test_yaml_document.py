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
from toolkit.schema.yaml_document import read_document, text_of, yaml_values


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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("limit", "what"),
    [("yaml_values=50", "holds more than 50 values"), ("yaml_bytes=100", "a file of YAML of more than 100 bytes")],
)
def test_a_document_has_as_many_values_and_bytes_as_its_limits_say(
    limit: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("names:\n" + "  - a\n" * 60)
    assert len(read_document(text_of(path), "a.yaml").data["names"]) == 60
    monkeypatch.setenv("TOOLKIT_LIMITS", limit)
    with pytest.raises(InvalidInput, match=f"^a.yaml: {what}.*; TOOLKIT_LIMITS="):
        read_document(path.read_text(), "a.yaml")
    if limit.startswith("yaml_bytes"):
        with pytest.raises(InvalidInput, match="a file of more than 100 bytes"):
            text_of(path)


def test_values_are_counted_before_they_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLKIT_LIMITS", "yaml_values=50")
    with pytest.raises(InvalidInput, match="holds more than 50 values"):
        read_document("- a\n" * 60 + "}", "a.yaml")  # what comes after them is not read
    with pytest.raises(InvalidInput, match="not valid YAML"):
        read_document("- a\n" * 40 + "}", "a.yaml")


def test_values_may_stay_texts() -> None:
    assert yaml_values("when: 2026-25-25\nn: 1\n", typed=False) == {"when": "2026-25-25", "n": "1"}
    assert yaml_values("n: 1\n") == {"n": 1}
