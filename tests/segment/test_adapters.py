import sys

import pytest

from toolkit.errors import UsageError
from toolkit.segment import splitters

TWO_LINES = "  Dr. Ruiz left at 5 p.m. He came back.\n“We won! We really won,” said Hale. 🙂 Nobody else did. "


def split(text, splitter, language="en"):
    return splitters.split(text, language=language, splitter=splitter)


def test_nupunkt_cuts_with_exact_offsets():
    parts = [TWO_LINES[start:end] for start, end in split(TWO_LINES, "nupunkt")]
    assert parts[0].startswith("Dr. Ruiz left")
    assert "".join("".join(parts).split()) == "".join(TWO_LINES.split())
    assert len(parts) > 2


@pytest.mark.parametrize("language", ["en", "de", "und", "ja"])
def test_spacy_without_a_model_cuts_by_marks_in_any_language(language):
    spans = split(TWO_LINES, "spacy", language)
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
    for name in ("wtpsplit", "toolkit.segment.adapters"):
        sys.modules.pop(name, None)


def test_wtpsplit_asks_for_weights_and_its_strings_become_spans(sat, monkeypatch):
    monkeypatch.delenv("WTPSPLIT_MODEL", raising=False)
    with pytest.raises(UsageError, match="WTPSPLIT_MODEL"):
        split("He left. She ran.", "wtpsplit")
    monkeypatch.setenv("WTPSPLIT_MODEL", "/weights")
    assert split("He left. She ran.", "wtpsplit") == [(0, 8), (9, 17)]


def test_wtpsplit_that_is_not_installed_is_named_with_the_command():
    with pytest.raises(UsageError, match="run `pip install wtpsplit`"):
        split("He left.", "wtpsplit")
