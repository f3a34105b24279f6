import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.errors import InvalidInput
from toolkit.segment import LANGUAGES, is_known, segment
from toolkit.segment.language import DEFAULT, VERDICTS, load, read
from toolkit.segment.rules import Rules

DATA = Path(sys.modules["toolkit.segment"].__file__).parent / "data"


def faults(tmp_path, text):
    """Return what is wrong with a file, without its folder."""
    path = tmp_path / "xx.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read(path)
    return [str(fault).removeprefix(f"{tmp_path}/") for fault in caught.value.faults]


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB", "en_US", "zh-Hant"])
def test_tags_are_known_by_their_primary_subtag(tag):
    assert is_known(tag)


@pytest.mark.parametrize("tag", ["und", "xx", "", "eng", "default"])
def test_other_languages_are_not_known_and_fall_back_on_the_default(tag):
    assert not is_known(tag)
    text = "Dr. Bassi left. He ran."
    assert segment(text, language=tag) == [(0, 15), (16, 23)]


def test_every_file_that_is_shipped_is_a_language():
    assert {path.stem for path in DATA.iterdir()} == {*LANGUAGES, DEFAULT}


@pytest.mark.parametrize("code", [*LANGUAGES, DEFAULT])
def test_every_language_has_lists_without_contradiction(code):
    language = load(code)
    assert language.never
    lists = [getattr(language, verdict) for verdict in VERDICTS]
    assert sum(map(len, lists)) == len(frozenset().union(*lists))


def test_only_the_languages_that_are_asked_for_are_read_and_nothing_heavy_is_loaded():
    program = """
import json, sys
opened = []
sys.addaudithook(lambda event, values: opened.append(str(values[0])) if event == "open" else None)
from toolkit.segment import segment
segment("Он ушёл. Она осталась.", language="ru")
segment("Он ушёл. Она осталась.", language="ru")
print(json.dumps([[name for name in opened if name.endswith(".yaml")], sorted(sys.modules)]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    files, modules = json.loads(done.stdout)
    assert [Path(name).name for name in files] == ["ru.yaml", "default.yaml"]
    assert not {"pydantic", "pyarrow", "toolkit.schema", "toolkit.records"} & set(modules)


def test_a_file_outside_of_the_package_is_a_language_too(tmp_path):
    path = tmp_path / "pl.yaml"
    path.write_text("never: prof ul\nstarters: |\n  Ma\n  To\n", encoding="utf-8")
    rules = Rules(read(path))
    text = "Prof. Nowak mieszka przy ul. Długiej. Ma kota."
    assert [text[start:end] for start, end in rules.segment(text)] == [
        "Prof. Nowak mieszka przy ul. Długiej.",
        "Ma kota.",
    ]


def test_all_faults_of_a_file_are_raised_with_their_places(tmp_path):
    text = """\
# A language with every fault.
nevr: Dr
never: |
  Dr Mr
  Mr Prof.
ends: [etc, no, z. B]
may_end: etc Dr
ordinal: maybe
quotative: 5
dateline:
  - '[A-Z'
  - '(?i)[A-Z]+'
"""
    assert faults(tmp_path, text) == [
        "xx.yaml:2:1: unknown key 'nevr'; did you mean 'never'? @ nevr",
        "xx.yaml:4:3: 'Dr' stands in 'may_end' and in 'never' @ never[0]; keep one of the two",
        "xx.yaml:5:3: 'Mr' stands twice in 'never' @ never[2]; keep one of the two",
        "xx.yaml:5:6: 'Prof.': write an abbreviation without its last full stop @ never[3]",
        "xx.yaml:6:8: 'etc' stands in 'may_end' and in 'ends' @ ends[0]; keep one of the two",
        "xx.yaml:6:13: a text is needed, not False @ ends[1]; put it in quotes if it is a word",
        "xx.yaml:6:17: 'z. B': 'ends' holds single words @ ends[2]",
        "xx.yaml:8:1: 'ordinal' is true or false, not 'maybe' @ ordinal",
        "xx.yaml:9:1: a text is needed, not 5 @ quotative; put it in quotes if it is a word",
        "xx.yaml:11:5: '[A-Z' is not a regular expression: unterminated character set at position 3 @ dateline[0]",
        "xx.yaml:12:5: '(?i)[A-Z]+' is not a regular expression: global flags not at the start of the expression at "
        "position 3 @ dateline[1]",
    ]
