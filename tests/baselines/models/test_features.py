from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toolkit.baselines.models.features import Block, WordNgrams


@given(st.text(), st.sampled_from([(1, 1), (1, 2), (2, 3)]))
def test_words_are_cut_as_scikit_learn_cuts_them(text: str, ngrams: tuple[int, int]) -> None:
    theirs = Block(kind="binary", ngrams=ngrams).vectorizer().build_analyzer()
    assert sorted(WordNgrams(*ngrams)(text)) == sorted(theirs(text))


def test_a_script_without_spaces_is_read_by_the_character() -> None:
    assert WordNgrams(1, 2)("\u6b7b\u4ea1 3\u4eba") == [
        "\u6b7b",
        "\u4ea1",
        "3",
        "\u4eba",
        "\u6b7b \u4ea1",
        "\u4ea1 3",
        "3 \u4eba",
    ]
    assert WordNgrams(1, 1)("Die \u0422\u0440\u0438!") == ["die", "\u0442\u0440\u0438", "!"]
