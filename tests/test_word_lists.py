"""Files of words: the two ways to write a list, and the place of each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import InvalidInput
from toolkit.word_lists import Entries, read_file

NAMES = ("words", "more", "flag", "text", "patterns", "pairs", "groups")


def build(entries: Entries) -> dict[str, object]:
    """Take every entry as what its name says."""
    found: dict[str, object] = {}
    if "words" in entries:
        found["words"] = entries.words("words", lambda word: "too long" if len(word) > 9 else None)
    if "more" in entries:
        found["more"] = entries.words("more")
    if "flag" in entries:
        found["flag"] = entries.flag("flag")
    if "text" in entries:
        found["text"] = entries.text("text")
    if "patterns" in entries:
        found["patterns"] = entries.patterns("patterns")
    if "pairs" in entries:
        found["pairs"] = entries.pairs("pairs")
    if "groups" in entries:
        found["groups"] = entries.groups("groups", int, "a number")
    entries.keep_apart(["words", "more"])
    return found


def read(tmp_path: Path, text: str | bytes, *required: str) -> dict[str, object]:
    path = tmp_path / "xx.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_file(path, build, known=NAMES, required=required)


def faults(tmp_path: Path, text: str | bytes, *required: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, text, *required)
    return [str(fault).removeprefix(f"{tmp_path}/") for fault in caught.value.faults]


def test_a_list_is_a_text_or_a_yaml_list(tmp_path: Path) -> None:
    text = "words: |\n  a b:\n  c  d\nmore: [e, of the]\n"
    assert read(tmp_path, text) == {"words": ("a", "b:", "c", "d"), "more": ("e", "of the")}


def test_every_kind_of_entry_is_read(tmp_path: Path) -> None:
    text = """
flag: true
text: ".\\u00a0 "
patterns: a b|c
pairs: [[between, and], [from, to]]
groups:
  1: [one, the one]
  1_000: thousand
"""
    assert read(tmp_path, text) == {
        "flag": True,
        "text": ".\u00a0 ",
        "patterns": ("a b|c",),
        "pairs": (("between", "and"), ("from", "to")),
        "groups": {"one": 1, "the one": 1, "thousand": 1000},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: a file of words is a mapping from names to lists of words"),
        ("[a, b]", "1:1: a file of words is a mapping from names to lists of words"),
        ("a: b: c", "1:5: "),
        ("wrds: a", "1:1: unknown key 'wrds'; did you mean 'words'? @ wrds"),
        ("words: a\nwords: b", "2:1: key 'words' stands twice, first in line 1"),
        ("words: 3", "1:1: a list of words is needed, not 3 @ words"),
        ("words: {a: b}", "1:1: a list of words is needed, not {'a': 'b'} @ words"),
        ("words:", "1:1: a list of words is needed, and nothing is given @ words"),
        ("words: []", "1:1: a list of words is needed, and it is empty @ words"),
        ("words:\n  - a\n  - yes", "3:5: a text is needed, not True @ words[1]"),
        ("words:\n  - a\n  - ''", "3:5: a text is needed, and nothing is given @ words[1]"),
        ("words:\n  - a\n  - [b]", "3:5: a text is needed, not ['b'] @ words[1]"),
        ("words: [a, ' b']", "1:12: ' b': white space at its edges or doubled @ words[1]"),
        ("words: a\n  b\n  a", "3:3: 'a' stands twice in 'words' @ words[2]; keep one of the two"),
        ("words: |\n  a\n\n  b a", "4:5: 'a' stands twice in 'words' @ words[2]; keep one of the two"),
        ("words: unreasonable", "1:8: 'unreasonable': too long @ words[0]"),
        ("words: a b\nmore: [c, b]", "2:11: 'b' stands in 'words' and in 'more' @ more[1]; keep one of the two"),
        ("flag: 1", "1:1: 'flag' is true or false, not 1 @ flag"),
        ("text: no", "1:1: a text is needed, not False @ text"),
        ("patterns: a(", "1:1: 'a(' is not a regular expression: missing ), unterminated subpattern"),
        ("patterns:\n  - b\n  - a(", "3:5: 'a(' is not a regular expression: missing ), unterminated subpattern"),
        ("pairs: a b", "1:1: 'pairs' is a list of pairs such as [between, and], not 'a b' @ pairs"),
        ("pairs:\n  - [a, b]\n  - [c]", "3:5: a pair such as [between, and] is needed, not ['c'] @ pairs[1]"),
        ("pairs:\n  - [a, b]\n  - [a, b]", "3:5: the pair 'a', 'b' stands twice in 'pairs' @ pairs[1]"),
        ("pairs: [[a, no]]", "1:13: a text is needed, not False @ pairs[0][1]"),
        ("groups: a b", "1:1: 'groups' is a mapping from a number to a list of words, not 'a b' @ groups"),
        ("groups:\n  one: a", "2:3: a key of 'groups' is a number, not 'one' @ groups.one"),
        (
            "groups:\n  1: a b\n  2: |\n    c\n    b",
            "5:5: 'b' stands under '1' and under '2' in 'groups' @ groups.2[1]",
        ),
    ],
)
def test_a_fault_has_its_place(tmp_path: Path, text: str, expected: str) -> None:
    found = faults(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(f"xx.yaml:{expected}")


def test_a_required_entry_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "more: a", "words", "more") == ["xx.yaml:1:1: 'words' is missing"]


def test_all_faults_are_raised_at_once_in_their_order(tmp_path: Path) -> None:
    text = "flag: 2\nwords: a a\nflag: true\ntxt: b\n"
    assert [fault.split(": ")[0] for fault in faults(tmp_path, text)] == [
        "xx.yaml:1:1",
        "xx.yaml:2:10",
        "xx.yaml:3:1",
        "xx.yaml:4:1",
    ]


def test_words_that_are_written_with_escapes_have_the_place_of_their_list(tmp_path: Path) -> None:
    assert faults(tmp_path, 'words: "a\\u0301 a\\u0301"')[0].startswith("xx.yaml:1:1: ")


def test_a_file_that_is_not_utf_8_is_named_with_the_line(tmp_path: Path) -> None:
    assert faults(tmp_path, b"words: a\nmore: \xff")[0].startswith("xx.yaml:2:7: ")
