"""One article stays one, whatever headings stand in it; several are parted where a rule says so. The text is CC0."""

from __future__ import annotations

import json

import pytest

from toolkit.ingest import read

TITLE = "Dyke of Orrin breaks in two places"
FIRST = "The dyke of Orrin broke in two places on Sunday night, and the lower town was under a metre of water by dawn."
SECOND = (
    "Rescuers brought forty people to the school on the hill, said the mayor, who had warned of the flood in March."
)
THIRD = "Nobody was hurt."
FOURTH = "The province promised pumps and sandbags for the week, and the army sent two hundred men to fill them."


def row(*lines: str) -> bytes:
    return json.dumps({"title": TITLE, "text": "\n".join(lines)}).encode()


def html(*lines: str) -> bytes:
    body = "".join(line if line.startswith("<") else f"<p>{line}</p>" for line in lines)
    page = f"<title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{body}</article></body></html>"
    return f"<html><head>{page}".encode()


@pytest.mark.parametrize(
    "promo",
    [
        ("Also read", "Why the pumps failed"),
        ("Related articles", "Pumps of the province fail", "A mayor who warned"),
        ("Read next:", "Orrin, a town below the river"),
        ("À lire aussi", "La digue d'Orrin"),
        ("Lesen Sie auch", "Warum die Pumpen versagten"),
        ("Читайте также", "Почему отказали насосы"),
        ("اقرأ أيضا", "لماذا تعطلت المضخات"),
        ("More on this story", "- Why the pumps failed", "- Orrin under water"),
    ],
)
@pytest.mark.parametrize("form", ["row", "html", "txt"])
def test_links_between_paragraphs_start_no_article(promo: tuple[str, ...], form: str) -> None:
    lines = (FIRST, SECOND, *promo, THIRD, FOURTH)
    links = [f'<p><a href="/{number}">{line}</a></p>' for number, line in enumerate(promo)]
    page = html(FIRST, SECOND, *links, THIRD, FOURTH)
    raw = {"row": row(*lines), "html": page, "txt": "\n".join([TITLE, *lines]).encode()}[form]
    (article,) = read(raw, source={"row": "a.jsonl", "html": "a.html", "txt": "a.txt"}[form]).articles
    kept = article.body.split("\n")
    assert article.title == TITLE
    assert [line for line in kept if line in (FIRST, SECOND, THIRD, FOURTH)] == [FIRST, SECOND, THIRD, FOURTH] or (
        form == "txt" and kept == [FIRST, SECOND, FOURTH]  # of a text page, a short sentence may be a teaser
    )
    assert not set(promo) & set(kept)


@pytest.mark.parametrize("heading", ["Réactions", "Responses", "Discussion", "Conversation", "Diskussion", "Comments"])
@pytest.mark.parametrize("form", ["row", "html", "txt"])
def test_a_subheading_that_is_also_a_widgets_ends_nothing(heading: str, form: str) -> None:
    lines = (FIRST, heading, SECOND, FOURTH)
    marked = (FIRST, f"<h2>{heading}</h2>", SECOND, FOURTH)
    raw = {"row": row(*lines), "html": html(*marked), "txt": "\n".join([TITLE, *lines]).encode()}[form]
    (article,) = read(raw, source={"row": "a.jsonl", "html": "a.html", "txt": "a.txt"}[form]).articles
    assert article.body.split("\n") == [FIRST, heading, SECOND, FOURTH]


@pytest.mark.parametrize("rule", ["==========", "----------", "* * * * *", "~~~~~", "__________"])
def test_a_rule_above_a_title_parts_two_articles(rule: str) -> None:
    page = [TITLE, "", FIRST, "", SECOND, "", rule, "", "Ferry sails again", "", "The ferry sailed on Monday."]
    found = read("\n".join(page).encode(), source="a.txt")
    assert [(article.title, article.body) for article in found.articles] == [
        (TITLE, f"{FIRST}\n{SECOND}"),
        ("Ferry sails again", "The ferry sailed on Monday."),
    ]
    assert [cut.reason for cut in found.rejects] == ["separator"]


def test_a_rule_between_two_paragraphs_parts_nothing() -> None:
    (article,) = read("\n".join([TITLE, FIRST, "* * *", SECOND, "-----", FOURTH]).encode(), source="a.txt").articles
    assert article.body == f"{FIRST}\n{SECOND}\n{FOURTH}"


@pytest.mark.parametrize(
    "mark", ["ENDS", "- ENDS -", "-30-", "###", "# # #", "// ENDE", "(END)", "END", "~ENDS~", "--конец--"]
)
def test_nothing_follows_the_end_of_a_press_release(mark: str) -> None:
    page = [
        "PRESS RELEASE", "For immediate release", TITLE, FIRST, SECOND, mark, "Notes to editors:", FOURTH,
        "Contact:", "press@orrin.example",
    ]  # fmt: skip
    (article,) = read("\n".join(page).encode(), source="a.txt").articles
    assert (article.title, article.body) == (TITLE, f"{FIRST}\n{SECOND}")


def test_another_press_release_may_follow() -> None:
    one = ["PRESS RELEASE", TITLE, FIRST, "ENDS", "Notes to editors:", FOURTH]
    page = [*one, "-----------", "PRESS RELEASE", "Ferry sails again", "The ferry sailed on Monday.", "ENDS"]
    found = read("\n".join(page).encode(), source="a.txt").articles
    assert [article.title for article in found] == [TITLE, "Ferry sails again"]
