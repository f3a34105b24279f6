from __future__ import annotations

from dataclasses import replace

import pytest

from toolkit.baselines import Rows, look, refuse
from toolkit.errors import InvalidInput


def rows(*labels: str, texts: tuple[str, ...] = (), multi: bool = False) -> Rows:
    """A hundred rows and more of ten stories: each label thirty times."""
    number = len(labels) * 30
    return Rows(
        texts=texts or tuple(f"the council met for the {at}th time" for at in range(number)),
        labels=tuple((labels[at % len(labels)],) for at in range(number)),
        multi=multi,
        groups=tuple(str(at % 10) for at in range(number)),
    )


def kinds(found: Rows, **more: Rows) -> list[str]:
    return [finding.kind for finding in look(found, more)]


def test_good_rows_need_no_word() -> None:
    assert kinds(rows("claim", "denial", "none")) == []


@pytest.mark.parametrize(
    "written",
    [
        "claim,denial",
        "claim; denial",
        "claim / denial",
        "['claim', 'denial']",
        "claim and denial",
        "denial+claim",
        "claim#denial",
    ],
)
def test_a_list_that_became_a_label_is_refused(written: str) -> None:
    found = look(rows("claim", "denial", written))
    assert [(each.kind, each.severe) for each in found] == [("lists", True)]
    with pytest.raises(InvalidInput, match=r"looks like a list of labels \(30 rows\); write a JSON list") as caught:
        refuse(found, "rows.csv")
    assert caught.value.where == "rows.csv"


def test_a_label_with_a_comma_of_its_own_is_no_list() -> None:
    assert kinds(rows("Paris, France", "London, England")) == []


@pytest.mark.parametrize(
    "spelt", ["Denial", "denial ", "na\u00efve", "\ufb01ve", "no answer", "no_answer", "1.0", "07"]
)
def test_labels_that_a_reader_takes_for_one_are_told(spelt: str) -> None:
    other = {"na\u00efve": "nai\u0308ve", "\ufb01ve": "five", "no answer": "No-Answer", "no_answer": "no answer"}
    other |= {"1.0": "1", "07": "7"}
    first = other.get(spelt, "denial")
    found = Rows(
        texts=tuple(f"row {at}" for at in range(60)),
        labels=tuple((spelt if at % 2 else first,) for at in range(60)),
        multi=False,
    )
    (finding,) = look(found)
    assert finding.kind == "spellings"
    assert repr(spelt) in finding.what or ascii(spelt) in finding.what
    assert finding.what.isascii() or spelt != "na\u00efve"  # two that look the same are told with escapes


@pytest.mark.parametrize("names", [("-1", "0", "1"), ("C", "C++", "C#"), ("2-1", "21"), ("+", "-"), ("1.1", "1.10")])
def test_labels_that_differ_in_more_than_spelling_are_left_alone(names: tuple[str, ...]) -> None:
    assert kinds(rows(*names)) == []


@pytest.mark.parametrize(
    "written",
    [
        "('claim', 'denial')",
        "{'claim'}",
        "array(['claim'], dtype=object)",
        '["claim"]',
        "claim、denial",
        "claim، denial",
    ],
)
def test_a_list_as_programs_write_it_is_refused_even_of_one_name(written: str) -> None:
    assert [(each.kind, each.severe) for each in look(rows("claim", "denial", written))] == [("lists", True)]


@pytest.mark.parametrize("written", ["claim denial", "claim: denial", "denial - claim"])
def test_what_may_be_a_list_is_told_and_not_refused(written: str) -> None:
    (finding,) = look(rows("claim", "denial", written))
    assert (finding.kind, finding.severe) == ("lists", False)
    assert f"{written!r} may be a list of labels (30 rows)" in finding.what


def test_copies_between_two_files_to_learn_from_are_told_with_their_labels() -> None:
    one = replace(rows("claim", "denial"), where="one.csv")
    other = replace(one.take(range(4)), labels=(("denial",),) * 4, where="other.csv")
    (finding,) = (each for each in look(one, parts=[one, other]) if each.kind == "leakage")
    assert finding.what.startswith("4 of 4 rows of other.csv stand in one.csv too, exactly or nearly, such as 'the")
    assert finding.what.endswith("; 2 with other labels")


def test_a_label_of_the_rows_to_judge_on_may_be_the_other_spelling() -> None:
    assert "spellings" in kinds(
        rows("yes", "no"), test=rows("Yes", "no", texts=tuple(f"a new {at}" for at in range(60)))
    )


def test_copies_in_other_stories_are_told_and_copies_of_one_story_are_not() -> None:
    made = rows("claim", "denial")
    texts = ("Nobody knew.", " nobody  knew. ", *made.texts[2:])  # of two stories, and of two labels
    assert kinds(replace(made, texts=texts)) == ["conflicts"]
    labels = (("claim",), *made.labels[1:2], ("claim",), *made.labels[3:])
    texts = ("Nobody knew.", made.texts[1], " nobody  knew. ", *made.texts[3:])
    (found,) = look(replace(made, texts=texts, labels=labels))
    assert found.kind == "repeats"
    assert str(found).startswith("2 rows share the text of another story, such as 'Nobody knew.'")
    assert kinds(replace(made, texts=texts, labels=labels, groups=("a",) * 3 + made.groups[3:])) == []


@pytest.mark.parametrize("written", ["nan", "None", "NA", "<NA>"])
def test_a_label_that_programs_write_where_there_is_none_is_told(written: str) -> None:
    (found,) = look(rows("claim", written))
    assert (found.kind, found.severe) == ("missing", False)
    assert str(found).startswith(f"{written!r} (30 rows) may say that there is no label")


def test_conflicts_say_how_good_a_model_can_be() -> None:
    texts = tuple("The same text." if at < 20 else f"text {at}" for at in range(60))
    (finding,) = look(rows("claim", "denial", texts=texts))
    assert finding.kind == "conflicts"
    assert str(finding) == (
        "1 sentence carries different labels (20 rows), such as 'The same text.': no model can be right on more than "
        "83% of these rows; decide which label is right"
    )


def test_rows_to_judge_on_that_stand_in_training_are_told() -> None:
    training = rows("claim", "denial")
    (finding,) = look(training, {"test": training.take(range(5))})
    assert finding.what.startswith(
        "5 of 5 rows of test stand in the training rows too, exactly or nearly, such as 'the"
    )
    assert look(training, {"test": training.take(range(5))}, leaks=False) == []


def test_rare_labels_come_in_one_line() -> None:
    labels = [("claim",)] * 60 + [("denial",)] * 3 + [("toll",)] * 19
    found = Rows(texts=tuple(map(str, range(82))), labels=tuple(labels), multi=False)
    (finding,) = look(found)
    assert finding.what == "2 labels have fewer than 20 rows: denial (3), toll (19); scores of such labels are rough"


def test_few_rows_and_few_stories_are_told() -> None:
    assert "few" in kinds(rows("claim", "denial").take(range(49)))
    one = Rows(texts=tuple(map(str, range(60))), labels=(("a",), ("b",)) * 30, multi=False, groups=("story",) * 60)
    assert look(one)[-1].what.startswith("there are 60 rows of 1 story to learn from")


def test_one_label_teaches_nothing() -> None:
    assert kinds(rows("claim")) == ["one-label", "few"]
