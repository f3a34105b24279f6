"""The files of the languages that figures are read in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import toolkit.figures
from toolkit.errors import InvalidInput
from toolkit.figures import LANGUAGES, find
from toolkit.figures import read as read_phrase
from toolkit.figures.lexicon import load, read

DATA = Path(toolkit.figures.__file__).parent / "data"

SOUND = """
decimal: ","
people: osoba osób*
harm:
  killed: zgin*
  wounded: rann*
"""


def faults(tmp_path: Path, text: str) -> list[str]:
    """Return what is wrong with a file, without its folder."""
    path = tmp_path / "pl.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read(path)
    return [str(fault).removeprefix(f"{tmp_path}/") for fault in caught.value.faults]


def test_every_file_that_is_shipped_is_a_language() -> None:
    assert {path.stem for path in DATA.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_loaded_without_a_fault(language: str) -> None:
    lexicon = load(language)
    assert lexicon.language == language
    assert lexicon.before
    assert lexicon.none
    assert lexicon.number_words or lexicon.words


def test_only_the_languages_that_are_asked_for_are_read_and_nothing_heavy_is_loaded() -> None:
    program = """
import json, sys
opened = []
sys.addaudithook(lambda event, values: opened.append(str(values[0])) if event == "open" else None)
from toolkit.figures import find
find("погибли 14 человек", "ru")
find("погибли 14 человек", "ru")
print(json.dumps([[name for name in opened if name.endswith(".yaml")], sorted(sys.modules)]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    files, modules = json.loads(done.stdout)
    assert [Path(name).name for name in files] == ["ru.yaml"]
    assert not {"pydantic", "toolkit.schema", "toolkit.records"} & set(modules)


def test_a_file_outside_of_the_package_is_a_language_too(tmp_path: Path) -> None:
    path = tmp_path / "pl.yaml"
    path.write_text(
        SOUND
        + "links: są\nbefore:\n  at_least: [co najmniej]\n"
        + "words:\n  2: dwa dwie dwoje\nscales:\n  1_000: tysiąc tysiące\n",
        encoding="utf-8",
    )
    polish = read(path)
    assert [found.text for found in find("Co najmniej 14 osób zginęło, dwie są ranne.", polish)] == [
        "Co najmniej 14",
        "dwie",
    ]
    figure = read_phrase("co najmniej dwa tysiące osób", polish)
    assert figure is not None
    assert (figure.low, figure.qualifier) == (2000, "at_least")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("befor: {}", "7:1: unknown key 'befor'; did you mean 'before'? @ befor"),
        ("hyphens: 3", "7:1: 'hyphens' is true or false, not 3 @ hyphens"),
        ("group: [.]", "7:1: a text is needed, not ['.'] @ group"),
        ("group: ' ,'", "7:1: ',' is the decimal sign and can't separate groups of digits @ group"),
        (
            "number_words: true",
            "7:1: text2num does not read the number words of 'pl' @ number_words; "
            "delete it and list the number words under 'words'",
        ),
        (
            "before:\n  atleast: [co najmniej]",
            "8:3: a key of 'before' is one of at_least, more_than, up_to, fewer_than, about, not 'atleast' "
            "@ before.atleast",
        ),
        (
            "before:\n  about: [około]\n  up_to: [do, około]",
            "9:15: 'około' stands under 'about' and under 'up_to' in 'before' @ before.up_to[1]; keep one of the two",
        ),
        (
            "before: [ponad]",
            "7:1: 'before' is a mapping from one of at_least, more_than, up_to, fewer_than, about to a ",
        ),
        ("vague:\n  many: wielu", "8:3: a key of 'vague' is a whole number or no_number, not 'many' @ vague.many"),
        ("scales:\n  -5: x", "8:3: a key of 'scales' is a whole number, not '-5' @ scales.-5"),
        ("halves:\n  nan: pół", "8:3: a key of 'halves' is a number such as 0.5, not 'nan' @ halves.nan"),
        (
            "ranges: [[od, do], [od, do]]",
            "7:20: the pair 'od', 'do' stands twice in 'ranges' @ ranges[1]; keep one of ",
        ),
        ("neither: ani ani", "7:1: 'neither' is a list of pairs such as [between, and], not 'ani ani' @ neither"),
        ("none: [nikt, null]", "7:14: a text is needed, and nothing is given @ none[1]"),
        ("none: nikt nikt", "7:12: 'nikt' stands twice in 'none' @ none[1]; keep one of the two"),
        ("units: km osoba", "7:11: 'osoba' stands in 'people' and in 'units' @ units[1]; keep one of the two"),
        ("units: Euro*", "7:8: 'Euro*': write it as 'euro' @ units[0]"),
        ("units: ki*lo", "7:8: 'ki*lo': '*' stands for the end of a word, in the lists that may hold one @ units["),
        ("none: w*", "7:7: 'w*': '*' stands for the end of a word, in the lists that may hold one @ none[0]"),
        (
            "acts:\n  hurt: rani*",
            "8:3: a key of 'acts' is one of killed, wounded, killed_or_wounded, missing, captured, unspecified, not ",
        ),
        ("things: osoba", "7:9: 'osoba' stands in 'people' and in 'things' @ things[0]; keep one of the two"),
        ("units: [km, na osobę]", "7:13: 'na osobę': a single word or sign is needed @ units[1]"),
        ("words:\n  2: [dwa, dwie osoby]", "8:12: 'dwie osoby': a single word or sign is needed @ words.2[1]"),
        (
            "words:\n  1000: tysiąc\nscales:\n  100: tysiąc",
            "10:8: 'tysiąc' is 1000 in 'words' and 100 in 'scales' @ scales.100[0]; give it the same number",
        ),
    ],
)
def test_a_fault_has_its_place(tmp_path: Path, text: str, expected: str) -> None:
    found = faults(tmp_path, SOUND + text)
    assert len(found) == 1
    assert found[0].startswith(f"pl.yaml:{expected}")


def test_what_a_language_cannot_do_without_is_asked_for(tmp_path: Path) -> None:
    assert faults(tmp_path, "group: ' '") == [
        "pl.yaml:1:1: 'decimal' is missing",
        "pl.yaml:1:1: 'people' is missing",
        "pl.yaml:1:1: 'harm' is missing",
    ]


def test_a_decimal_sign_is_one_character(tmp_path: Path) -> None:
    assert faults(tmp_path, SOUND.replace('","', "komma")) == [
        "pl.yaml:2:1: the decimal sign is one character, not 'komma' @ decimal"
    ]
