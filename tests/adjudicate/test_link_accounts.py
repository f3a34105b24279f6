"""What becomes of links: counted by fate, those without a vote listed with the reason, and disputed ones queued."""

from __future__ import annotations

import json
from collections.abc import Callable

import builders

from tests.labelstudio.links.stories import story
from toolkit.adjudicate.stage import CONSERVATION, LINK_QUEUE, LOST_LINKS, adjudicate
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.project import Workspace
from toolkit.project.logs import annotation_log
from toolkit.project.logs.link_log import revision
from toolkit.records import Anchor, Link, LinkAnswer, LinkDecision, Sentence, from_json


def drawn(workspace: Workspace) -> list[Link]:
    """Return the denial's link to the claim, and the figure's to the one before."""

    def end(start: str, label: str) -> Anchor:
        found = next(each for each in workspace.sentences() if each.text.startswith(start))
        return Anchor(sentence_id=found.sentence_id, label=label, start=0, end=len(found.text), text=found.text)

    return [
        Link(label="denies", head=end("The navy", "denial"), tail=end("The coast guard", "claim")),
        Link(label="updates", head=end("The toll", "FIGURE"), tail=end("The office", "FIGURE")),
    ]


def answered(workspace: Workspace, person: str, when: str, *links: Link, rejected: int = 0) -> None:
    answer = LinkAnswer(
        annotation_id=f"{person}{when}",
        window_id="w",
        annotator=person,
        offered=tuple(sorted(each.sentence_id for each in workspace.sentences())),
        links=links,
        schema=workspace.schema().ref,
        created_at=when,
        updated_at=when,
        rejected=rejected,
    )
    workspace.links.append([revision("p", answer, {})])


def test_every_link_has_one_fate_and_those_of_removed_sentences_are_listed(
    make_project: Callable[..., Workspace],
) -> None:
    workspace = story(make_project)
    denies, updates = drawn(workspace)
    answered(workspace, "ada", "2026-01-01", denies)
    answered(workspace, "ada", "2026-01-02", denies, updates)
    answered(workspace, "ben", "2026-01-01", denies, rejected=1)
    answered(workspace, "cleo", "2026-01-01", updates)
    every = workspace.sentences()
    told = builders.answer(denies.tail.sentence_id, "ada", "claim", schema=workspace.schema().ref)
    workspace.annotations.append([annotation_log.revision(told, {})])
    lines = [each for each in every if each.sentence_id != updates.head.sentence_id]
    workspace.write("sentences.parquet", parquet_bytes(to_table(Sentence, lines)))
    counts = adjudicate(workspace).counts
    account = json.loads(workspace.path(CONSERVATION).read_bytes())
    assert account["link denies"] == {"said": 3, "voted": 1, "superseded": 1, "part lost": 1}
    assert account["link updates"] == {"said": 2, "sentence gone": 2}
    lost = [json.loads(line) for line in workspace.path(LOST_LINKS).read_text().splitlines()]
    assert sorted((row["label"], row["annotation_id"][:3]) for row in lost) == [
        ("denies", "ben"),
        ("updates", "ada"),
        ("updates", "cle"),
    ]
    assert counts["links without a vote"] == 3
    queue = workspace.path(LINK_QUEUE).read_bytes().splitlines()
    (disputed,) = (from_json(LinkDecision, line, where="the queue") for line in queue)
    assert (disputed.link, counts["links queued for an expert"]) == (denies, 1)

    workspace.write("sentences.parquet", parquet_bytes(to_table(Sentence, every)))
    again = adjudicate(workspace).counts
    assert (again["links without a vote"], again["links that hold"]) == (1, 1), "a sentence that is back has its links"
