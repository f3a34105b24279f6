from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.baselines.models.features import Block, WordNgrams


@given(st.text(), st.sampled_from([(1, 1), (1, 2), (2, 3)]))
@example("".join(map(chr, range(128))), (1, 2))
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


def test_marks_belong_to_the_word_that_they_stand_in() -> None:
    texts = {
        "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902 \u0915\u0939\u093e": 3,  # Hindi, three words
        "\u05db\u05b8\u05bc\u05ea\u05b7\u05d1": 1,  # Hebrew with its points
        "\u0627\u0644\u0639\u064e\u0631\u064e\u0628\u0650\u064a\u064e\u0651\u0629": 1,  # Arabic with its vowels
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": 1,  # Persian with a joiner
        "cafe\u0301 ouvert": 2,  # an accent of its own
        "\u0e01\u0e34\u0e19": 2,  # Thai: a character with its vowel sign, and another
    }
    for text, words in texts.items():
        assert len(WordNgrams(1, 1)(text)) == words, text
