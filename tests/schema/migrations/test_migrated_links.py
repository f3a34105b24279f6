"""Links go with their schema: renamed ones get their names, and what can't be told is drawn anew."""

from __future__ import annotations

import pytest

from toolkit.records import Anchor, Link, LinkAnswer
from toolkit.schema import migrate_links
from toolkit.schema.migrations.migration import Merge, Migration, Rename, Retire, Split, Step


def anchor(sentence_id: str, label: str) -> Anchor:
    return Anchor(sentence_id=sentence_id, label=label, start=0, end=1, text="x")


DENIES = Link(label="denies", head=anchor("a", "denial"), tail=anchor("b", "claim"))
UPDATES = Link(label="updates", head=anchor("b", "FIGURE"), tail=anchor("a", "FIGURE"))
ANSWER = LinkAnswer(
    annotation_id="1",
    window_id="w",
    annotator="ada",
    offered=("a", "b"),
    links=(DENIES, UPDATES),
    schema="news@1.0.0",
    created_at="2026-01-01",
    updated_at="2026-01-01",
)


@pytest.mark.parametrize(
    ("step", "left"),
    [
        (Rename(type="rename", link="denies", to="refutes"), ["refutes denial claim", "updates FIGURE FIGURE"]),
        (Rename(type="rename", label="claim", to="assertion"), ["denies denial assertion", "updates FIGURE FIGURE"]),
        (Rename(type="rename", span="FIGURE", to="COUNT"), ["denies denial claim", "updates COUNT COUNT"]),
        (Rename(type="rename", span="FIGURE", attribute="low", to="least"), None),
        (Merge(type="merge", labels=("claim", "report"), to="said"), ["denies denial said", "updates FIGURE FIGURE"]),
        (Split(type="split", label="denial", into=("a", "b")), ["updates FIGURE FIGURE"]),
        (Retire(type="retire", label="claim"), ["updates FIGURE FIGURE"]),
        (Retire(type="retire", span="FIGURE"), ["denies denial claim"]),
        (Retire(type="retire", link="updates"), ["denies denial claim"]),
    ],
)
def test_each_step_does_to_links_what_it_says(step: Step, left: list[str] | None) -> None:
    migration = Migration(source="news@1.0.0", target="news@2.0.0", reviewed_by="Ana", steps=(step,))
    found = migrate_links(ANSWER, migration)
    shown = [f"{link.label} {link.head.label} {link.tail.label}" for link in found.links]
    assert shown == (left or ["denies denial claim", "updates FIGURE FIGURE"])
    assert found.schema == "news@2.0.0"
