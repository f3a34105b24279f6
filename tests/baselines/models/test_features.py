from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toolkit.baselines.models.features import Block, WordNgrams


@given(st.text(), st.sampled_from([(1, 1), (1, 2), (2, 3)]))
def test_words_are_cut_as_scikit_learn_cuts_them(text: str, ngrams: tuple[int, int]) -> None:
    theirs = Block(kind="binary", ngrams=ngrams).vectorizer().build_analyzer()
    assert sorted(WordNgrams(*ngrams)(text)) == sorted(theirs(text))
