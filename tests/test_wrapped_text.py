"""Wrapped text: line breaks within paragraphs are told from paragraphs. The text is CC0."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.layout.test_page_layout import LAYOUTS, LIKE_WIDGETS, PARAGRAPHS
from toolkit.wrapped_text import Unwrap, joints

MORE = {
    "zh": (
        "奥林镇议会周一投票决定重建东侧防波堤，两场冬季风暴在堤上撕开了四十米宽的缺口，渔民们多年来一直要求修复。",
        "工程将于五月开始。官员们估计费用为一千二百万，并预计渡轮将继续运行，直到夏季结束为止，港务局在声明中说。",
    ),
    "ru": (
        "Совет порта Эллери проголосовал в понедельник за восстановление восточного мола, в котором два зимних шторма "
        "пробили брешь в сорок метров.",
        "Работы начнутся в мае. Чиновники оценивают расходы в двенадцать миллионов и ждут, что паромы будут ходить.",
    ),
}
ALL = {**PARAGRAPHS, **MORE}


def joined(text: str, unwrap: Unwrap = "auto") -> str:
    """Return a text as it reads once its joints are joined."""
    out, at = [], 0
    for joint in joints(text, unwrap=unwrap):
        out += [text[at : joint.start], joint.text]
        at = joint.end
    return "".join([*out, text[at:]])


def wrapped(paragraph: str, width: int, indent: str = "") -> str:
    if " " not in paragraph:
        return "\n".join(paragraph[at : at + width // 2] for at in range(0, len(paragraph), width // 2))
    return textwrap.fill(paragraph, width, initial_indent=indent, break_on_hyphens=False)


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize("width", [40, 60, 72, 80])
def test_a_paragraph_that_fills_its_lines_is_one_line(language: str, width: int) -> None:
    paragraphs = ALL[language]
    assert joined("\n\n".join(wrapped(p, width) for p in paragraphs)) == "\n\n".join(paragraphs)


@pytest.mark.parametrize("language", ["en", "fr", "de", "ru"])
def test_an_indented_line_begins_a_paragraph(language: str) -> None:
    page = "\n".join(wrapped(p, 66, indent="    ") for p in ALL[language])
    assert joined(page) == "\n".join("    " + p for p in ALL[language])


@pytest.mark.parametrize("language", ["en", "fr", "de", "ru"])
def test_lines_may_have_a_blank_one_between_them(language: str) -> None:
    page = "\n\n\n".join(wrapped(p, 60).replace("\n", "\n\n") for p in ALL[language])
    assert joined(page) == "\n\n\n".join(ALL[language])


def test_carriage_returns_and_blanks_at_the_ends_go_too() -> None:
    page = wrapped(ALL["en"][0], 60).replace("\n", "   \r\n")
    assert joined(page) == ALL["en"][0]


@pytest.mark.parametrize(
    ("wrapped", "whole"),
    [
        ("eleven sol-\ndiers", "eleven soldiers"),
        ("eleven sol\u00ad\ndiers", "eleven soldiers"),
        ("in self-\ndefence", "in self-defence"),
        ("the 20-year-\nold truce", "the 20-year-old truce"),
        ("an Anglo-\nSaxon king", "an Anglo-Saxon king"),
        ("all Vor-\nund Nachteile", "all Vor- und Nachteile"),
        ("some n-\noctanal", "some n-octanal"),
        ("a so-called sol-called army of so-\ncalled men", "a so-called sol-called army of so-called men"),
    ],
)
def test_a_hyphen_goes_if_only_the_line_has_called_for_it(wrapped: str, whole: str) -> None:
    lead = "The ministry said on Wednesday night that " + "x" * 20 + " the men were"
    tail = "killed near the river by the men of the other side of it."
    assert joined(f"{lead}\n{wrapped}\n{tail}", "always").replace("\n", " ") == f"{lead} {whole} {tail}"


def test_titles_bylines_places_and_lists_stay_lines() -> None:
    head = "Council votes for a new eastern breakwater\nBy Jo Lindqvist\nPort Ellery, 12 March 2024\n"
    items = "\n- two of the five boats are new\n- the pier was closed for eleven weeks"
    page = head + "\n".join(wrapped(p, 60) for p in ALL["en"]) + items
    assert joined(page) == head + "\n".join(ALL["en"]) + items


@pytest.mark.parametrize("name", LAYOUTS)
def test_pages_of_a_line_per_paragraph_have_no_joints(name: str) -> None:
    assert not joints(LAYOUTS[name].page())


def test_short_lines_are_no_wrapped_text() -> None:
    assert not joints("\n".join(LIKE_WIDGETS))
    assert not joints("roses are red\nviolets are blue\nsugar is sweet\nand so are you\n")
    assert not joints(wrapped(ALL["en"][0], 60), unwrap="never")


@given(st.text(st.sampled_from("aB .-,\n\r\t\u00ad漢1"), max_size=200), st.sampled_from(["auto", "always"]))
def test_a_joint_is_nothing_but_white_space_and_a_hyphen(text: str, unwrap: Unwrap) -> None:
    at = 0
    for joint in joints(text, unwrap=unwrap):
        assert at <= joint.start < joint.end
        assert not text[joint.start : joint.end].lstrip("-\u00ad").strip()
        at = joint.end
