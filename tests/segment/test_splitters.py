import sys

import pytest

from toolkit.errors import InvalidInput, UsageError
from toolkit.segment import segment, splitters

MODULE = """
import re


def commas(line, language):
    return [match.span() for match in re.finditer("[^,]*,?", line) if match.group()]


def padded(line, language):
    return [(0, 4), (4, len(line))]


def overlapping(line, language):
    return [(0, 4), (3, len(line))]


def losing(line, language):
    return [(0, 2), (4, len(line))]


def outside(line, language):
    return [(0, len(line) + 1)]


def nothing(line, language):
    return []


def failing(line, language):
    raise ValueError("no such model")
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a distribution with splitters as pip would: a module and its metadata on the path."""
    (tmp_path / "commasplit.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "commasplit_needs.py").write_text("import nosuchlibrary.parts\n", encoding="utf-8")
    info = tmp_path / "commasplit-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: commasplit\nVersion: 1.0\n", encoding="utf-8")
    names = ["commas", "padded", "overlapping", "losing", "outside", "nothing", "failing"]
    points = "\n".join(f"{name} = commasplit:{name}" for name in names) + "\nneedy = commasplit_needs:split"
    (info / "entry_points.txt").write_text(f"[{splitters.GROUP}]\n{points}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def split(text, splitter):
    return splitters.split(text, language="en", splitter=splitter, where="a1")


def test_rules_are_the_splitter_without_any_package():
    text = "One. Two.\nThree."
    assert split(text, "rules") == segment(text)


def test_an_installed_splitter_gets_each_line_and_its_edges_are_trimmed(installed):
    text = "ab, cd\n\n  ef , gh "
    assert [text[start:end] for start, end in split(text, "commas")] == ["ab,", "cd", "ef ,", "gh"]


def test_spans_that_hold_the_white_space_between_are_trimmed(installed):
    assert split("abc def", "padded") == [(0, 3), (4, 7)]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("overlapping", "overlapping sentences at offset 11"),
        ("losing", "lost the characters at offset 10"),
        ("outside", "returned 8-16, outside"),
        ("nothing", "lost the characters at offset 8"),
        ("failing", "failed at offset 8: ValueError: no such model"),
    ],
)
def test_a_wrong_splitter_is_named_with_the_offset(installed, name, fault):
    with pytest.raises(InvalidInput) as caught:
        split("\n" * 8 + "abcdefg", name)
    assert name in str(caught.value)
    assert fault in str(caught.value)
    assert str(caught.value).startswith("a1: ")


def test_all_faults_of_a_text_are_reported(installed):
    with pytest.raises(InvalidInput) as caught:
        split("abcdefg\nhijklmn", "overlapping")
    assert [fault.what for fault in caught.value.faults] == [
        "splitter 'overlapping' returned overlapping sentences at offset 3",
        "splitter 'overlapping' returned overlapping sentences at offset 11",
    ]


def test_a_splitter_whose_library_is_missing_says_how_to_get_it(installed):
    with pytest.raises(UsageError) as caught:
        split("abc", "needy")
    assert caught.value.remedy == "run `pip install nosuchlibrary`"


def test_an_unknown_splitter_is_a_usage_error_that_names_the_known(installed):
    with pytest.raises(UsageError, match="commas"):
        split("abc", "nosuch")


# --- what comes with the package --------------------------------------------------------------------------------------

TWO_LINES = "  Dr. Ruiz left at 5 p.m. He came back.\n“We won! We really won,” said Hale. 🙂 Nobody else did. "


def test_nupunkt_cuts_with_exact_offsets():
    parts = [TWO_LINES[start:end] for start, end in split(TWO_LINES, "nupunkt")]
    assert parts[0].startswith("Dr. Ruiz left")
    assert "".join("".join(parts).split()) == "".join(TWO_LINES.split())
    assert len(parts) > 2


@pytest.mark.parametrize("language", ["en", "de", "und", "ja"])
def test_spacy_without_a_model_cuts_by_marks_in_any_language(language):
    spans = splitters.split(TWO_LINES, language=language, splitter="spacy")
    assert "".join("".join(TWO_LINES[start:end] for start, end in spans).split()) == "".join(TWO_LINES.split())
    assert len(spans) > 2


SAT = """
class SaT:
    def __init__(self, weights):
        self.weights = weights

    def split(self, text):
        return [text[:8], text[8:]]
"""


@pytest.fixture
def sat(tmp_path, monkeypatch):
    """Stand in for wtpsplit, whose models need weights from a hub: `split` returns strings that join to the text."""
    (tmp_path / "wtpsplit.py").write_text(SAT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    splitters.load.cache_clear()
    yield
    splitters.load.cache_clear()
    for name in ("wtpsplit", "toolkit.segment.adapters.wtpsplit"):
        sys.modules.pop(name, None)


def test_wtpsplit_asks_for_weights_and_its_strings_become_spans(sat, monkeypatch):
    monkeypatch.delenv("WTPSPLIT_MODEL", raising=False)
    with pytest.raises(UsageError, match="WTPSPLIT_MODEL"):
        split("He left. She ran.", "wtpsplit")
    monkeypatch.setenv("WTPSPLIT_MODEL", "/weights")
    assert split("He left. She ran.", "wtpsplit") == [(0, 8), (9, 17)]
