"""A page labelled by hand as the codebook says, from its bytes to the ledger.

The seed page itself is not in the repository: its sentences are named by their place and the beginning of their
SHA-256, and spans by their offsets. Where the page is (TOOLKIT_SEED_PAGE, or ../shared/seeds) it is tested; else that
part is skipped, and an invented page of the same form stands for it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from toolkit import Project
from toolkit.adjudicate.stage import decided_links
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.project.logs.link_log import revision
from toolkit.records import Anchor, Decision, Link, LinkAnswer, Relation, Sentence, Span, digest

SCHEMA = "news_events@1.1.0"
HERE = Path(__file__).resolve().parents[2]
SEEDS = "000_c910fd33d5d682b3.txt"

INVENTED = (
    "Northern envoy meets with the Duke of Selm\n"
    "\n"
    "Ada Rook, secretary of the northern council, met the Duke of Selm for the second time in a month "
    "during a visit to Selm on Monday, the news agency Harbour Wire reported.\n"
    "Harbour Wire quoted the council as saying that talks between Rook and the duke had begun. It did not"
    " specify what they were about.\n"
    "Rook had last come to Selm on April 3 and met the duke then as well.\n"
    "The duke and the northern president signed a pact on mutual defence last year.\n"
    "Selm sent hundreds of riflemen in autumn to help the north drive out the coastal army. Confirming "
    "the deployment for the first time in May, the president and the duke praised the men of Selm.\n"
    "Lowland military intelligence said this week that riflemen of Selm had suffered more than 700 "
    "casualties on the coast. Selm has not disclosed its losses.\n"
    "The Lowlands and the coast say Selm has shipped mortars, mines and much ammunition for the north to "
    "use against the coast. The northern capital and Selm have denied weapons transfers.\n"
    "An inquiry by Tavli Post in March found that thousands of shells from Selm had reached the front by "
    "barge and then by rail.\n"
)


@dataclass(frozen=True)
class Marked:
    """A sentence: its place among those of the page, the beginning of its SHA-256, its labels and its spans.

    A span is its label, start, end and fields; a figure comes from the source that stands first.
    """

    place: int
    sha256: str
    labels: tuple[str, ...]
    spans: tuple[tuple[str, int, int, dict[str, Any]], ...] = ()


def source(start: int, end: int, kind: str, **more: Any) -> tuple[str, int, int, dict[str, Any]]:
    return ("SOURCE", start, end, {"type": kind, **more})


FIGURE = {
    "low_open": True,
    "qualifier": "more_than",
    "harm": "killed_or_wounded",
    "status": "combatant",
    "scope": "cumulative",
    "stance": "asserted",
}


def marked(sums: Sequence[str], spans: dict[int, tuple[tuple[str, int, int, dict[str, Any]], ...]]) -> list[Marked]:
    """Return what the codebook says of a page of this form, its thirteen sentences from the headline on."""
    labels: list[tuple[str, ...]] = [
        ("diplomatic_contact",),
        ("claim", "diplomatic_contact"),
        ("claim", "diplomatic_contact"),
        ("non_disclosure",),
        ("diplomatic_contact",),
        ("diplomatic_contact",),
        ("troop_movement",),
        ("confirmation", "troop_movement"),
        ("casualty_figure", "claim"),
        ("non_disclosure",),
        ("claim", "weapon_transfer"),
        ("denial", "weapon_transfer"),
        ("claim", "weapon_transfer"),
    ]
    return [Marked(place, sums[place], given, spans.get(place, ())) for place, given in enumerate(labels)]


@dataclass(frozen=True)
class Page:
    """A page, what it says, and what a reader knows of it."""

    raw: bytes
    marked: list[Marked]
    casualties: int


def seed_page() -> Path | None:
    """Return the seed page: where TOOLKIT_SEED_PAGE says, or in ../shared beside the repository."""
    said = os.environ.get("TOOLKIT_SEED_PAGE")
    path = Path(said) if said else HERE.parent / "shared" / "seeds" / SEEDS
    return path if path.is_file() else None


@pytest.fixture(params=["invented", "seed"])
def page(request: pytest.FixtureRequest) -> Page:
    if request.param == "invented":
        lines = [line for part in INVENTED.strip().split("\n") for line in part.split(". ") if line]
        assert len(lines) == 13
        words = [line if line.endswith(".") or not number else f"{line}." for number, line in enumerate(lines)]
        said = words[8], words[10], words[11]
        figure = said[0].index("more than 700")
        spans = {
            8: (
                source(0, len("Lowland military intelligence"), "intelligence", party_role="third"),
                ("FIGURE", figure, figure + len("more than 700"), {**FIGURE, "low": 700, "affected_party": "Selm"}),
            ),
            10: (source(0, len("The Lowlands and the coast"), "state_civil", party_role="opposing"),),
            11: (source(0, len("The northern capital and Selm"), "state_civil", party_role="own_side"),),
        }
        return Page(INVENTED.encode(), marked([digest(each.encode())[:12] for each in words], spans), 700)
    path = seed_page()
    if path is None:
        pytest.skip(f"NO SEED PAGE: say where it is with TOOLKIT_SEED_PAGE, or put {SEEDS} into ../shared/seeds")
    return Page(path.read_bytes(), marked(SEED_SUMS, SEED_SPANS), 6000)


SEED_SUMS = (
    *("2ac7ae3c455e", "a189cba5cc2f", "5c389b7ef1b2", "3f9f60f9b64d", "95843eb53c83", "4201f3e8122f", "8010a0a1cfce"),
    *("83e53c1f6a9c", "f804542ac1ad", "77ee4458e1fc", "c1517781514d", "7eeb7791cadf", "f896ccf901c3"),
)
SEED_SPANS = {
    8: (
        source(0, 28, "intelligence", party_role="third"),
        ("FIGURE", 82, 97, {**FIGURE, "low": 6000, "affected_party": "North Korea"}),
    ),
    10: (source(0, 24, "state_civil", party_role="opposing"),),
    11: (source(0, 20, "state_civil", party_role="own_side"),),
    12: (source(2, 9, "media_own"),),
}


def labelled(project: Project, page: Page) -> list[Sentence]:
    """Decide the sentences of a page as they are marked, and link its denial to what it denies."""
    workspace = project.workspace
    lines = [each for each in workspace.sentences() if each.article_id == workspace.sentences()[0].article_id]
    decisions = []
    for each in page.marked:
        sentence = lines[each.place]
        assert digest(sentence.text.encode())[:12] == each.sha256, f"sentence {each.place} is another one"
        spans = tuple(
            Span(span_id=f"s{n}", label=label, start=a, end=b, text=sentence.text[a:b], attributes=fields)
            for n, (label, a, b, fields) in enumerate(each.spans)
        )
        figures = [span.span_id for span in spans if span.label == "FIGURE"]
        relations = tuple(Relation(label="figure_source", head=name, tail="s0") for name in figures)
        decisions.append(
            Decision(
                sentence_id=sentence.sentence_id,
                labels=tuple(sorted(each.labels)),
                spans=spans,
                relations=relations,
                schema=SCHEMA,
                method="unanimous",
            )
        )
    decisions.sort(key=lambda each: each.sentence_id)
    workspace.write("gold.parquet", parquet_bytes(to_table(Decision, decisions)))
    ends = [
        Anchor(sentence_id=lines[at].sentence_id, label=label, start=0, end=len(lines[at].text), text=lines[at].text)
        for at, label in ((11, "denial"), (10, "claim"))
    ]
    answer = LinkAnswer(
        annotation_id="a",
        window_id="w",
        annotator="ada",
        offered=tuple(sorted(each.sentence_id for each in lines)),
        links=(Link(label="denies", head=ends[0], tail=ends[1]),),
        schema=SCHEMA,
        created_at="2026-01-01",
        updated_at="2026-01-01",
    )
    workspace.links.append([revision("p", answer, {})])
    return lines


def test_the_denial_leads_to_the_claim_and_the_toll_is_the_third_partys(page: Page, tmp_path: Path) -> None:
    project = Project.init(tmp_path / "project")
    path = tmp_path / "project" / "toolkit.yaml"
    path.write_text(path.read_text().replace("news_events@1.0.1", SCHEMA).replace("news_events@1.0.0", SCHEMA))
    project = Project.find(tmp_path / "project")
    (tmp_path / "project" / "pages" / "page.txt").write_bytes(page.raw)
    project.ingest()
    project.segment()
    lines = labelled(project, page)
    assert [each.holds for each in decided_links(project.workspace)] == [True]
    story = next(each for each in project.ledger().report["stories"] if each["claims"])
    rows = {row["sentence_id"]: row for row in story["claims"]}
    claim, denial, counted, silent = (rows[lines[at].sentence_id] for at in (10, 11, 8, 9))

    assert claim["denied_by"] == [denial["sentence_id"]]
    assert denial["denies"] == [claim["sentence_id"]]
    assert claim["sources"] == [lines[10].text[slice(*page.marked[10].spans[0][1:3])]]

    (toll,) = story["tolls"]
    assert (toll["harm"], toll["low"], toll["high"], toll["open"]) == (
        "killed_or_wounded",
        page.casualties + 1,
        page.casualties + 1,
        True,
    )
    assert toll["acled"] is None, "casualties are not deaths"
    assert [row["source"] for row in story["figures"]] == [counted["sources"][0].casefold()]
    assert (silent["acts"], silent["figures"]) == (["non_disclosure"], []), "no figure of the party's own"

    for row in rows.values():  # one click from the sentence and its bytes
        (place,) = row["from"]
        assert page.raw[place["byte_start"] : place["byte_end"]].decode() == row["text"]
        assert project.trace(row["sentence_id"])
