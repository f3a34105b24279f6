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


def late(line, language):
    import nosuchlibrary.parts
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a distribution with splitters as pip would: a module and its metadata on the path."""
    (tmp_path / "commasplit.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "commasplit_needs.py").write_text("import nosuchlibrary.parts\n", encoding="utf-8")
    info = tmp_path / "commasplit-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: commasplit\nVersion: 1.0\n", encoding="utf-8")
    names = ["commas", "padded", "overlapping", "losing", "outside", "nothing", "failing", "late"]
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


@pytest.mark.parametrize("name", ["needy", "late"])
def test_a_splitter_whose_library_is_missing_says_how_to_get_it(installed, name):
    with pytest.raises(UsageError, match=f"the splitter '{name}' can't be loaded") as caught:
        split("abc", name)
    assert caught.value.remedy == "run `pip install nosuchlibrary`"


def test_an_unknown_splitter_is_a_usage_error_that_names_the_known(installed):
    with pytest.raises(UsageError, match="commas"):
        split("abc", "nosuch")
