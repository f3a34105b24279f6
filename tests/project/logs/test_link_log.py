"""The log of links: what holds after its last row, and what a migration adds to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.logs.answer_migration import migrate_answers
from toolkit.project.logs.link_log import link_answers, logged_links, revision, tombstone
from toolkit.records import Anchor, Link, LinkAnswer
from toolkit.schema import find

ENDS = [Anchor(sentence_id=each, label="FIGURE", start=0, end=1, text="9") for each in "ab"]
DRAWN = Link(label="updates", head=ENDS[0], tail=ENDS[1])


def answer(number: str, when: str, *links: Link, person: str = "ada") -> LinkAnswer:
    return LinkAnswer(
        annotation_id=number,
        window_id="w",
        annotator=person,
        offered=("a", "b"),
        links=links,
        schema="news_events@1.1.0",
        created_at=when,
        updated_at=when,
    )


def test_the_last_revision_holds_until_it_is_deleted(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["Nothing."])
    workspace.links.append(
        [revision("p", answer("1", "2026-01-01", DRAWN), {}), revision("p", answer("1", "2026-01-02"), {})]
    )
    assert [each.links for each in link_answers(workspace)] == [()]
    workspace.links.append([tombstone("p", "1", "it was deleted on the server")])
    assert logged_links(workspace.links) == {}
    workspace.links.append([{"event": "else"}])
    with pytest.raises(InvalidInput, match="neither a revision nor a tombstone"):
        logged_links(workspace.links)


def test_of_two_answers_of_a_person_to_a_window_the_last_counts(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["Nothing."])
    later, earlier, other = (
        answer("1", "2026-01-02"),
        answer("2", "2026-01-01", DRAWN),
        answer("3", "2026-01-01", person="ben"),
    )
    workspace.links.append(revision("p", each, {}) for each in (later, earlier, other))
    assert link_answers(workspace) == [later, other]


def test_a_migration_carries_the_links_once(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["Nothing."])
    text = (workspace.root / "toolkit.yaml").read_text().replace("news_events@1.0.0", "news_events@1.1.0")
    workspace.write("toolkit.yaml", text)
    new = find("news_events@1.1.0").read_text(encoding="utf-8").replace("version: 1.1.0", "version: 2.0.0")
    workspace.write("schemas/news_events/2.0.0.yaml", new.replace("  - id: updates\n", "  - id: replaces\n"))
    workspace.write(
        "m.yaml",
        "from: news_events@1.1.0\nto: news_events@2.0.0\nreviewed_by: Ana\n"
        "steps: [{type: rename, link: updates, to: replaces}]\n",
    )
    workspace = Workspace(workspace.root)
    workspace.links.append([revision("p", answer("1", "2026-01-01", DRAWN), {"id": 7})])
    assert migrate_answers(workspace, workspace.path("m.yaml"), dry_run=True).counts["link answers"] == 1
    assert len(list(workspace.links.rows())) == 1
    migrate_answers(workspace, workspace.path("m.yaml"))
    assert migrate_answers(workspace, workspace.path("m.yaml")).up_to_date
    assert [[link.label for link in each.links] for each in link_answers(workspace)] == [["replaces"]]
    assert list(workspace.links.rows())[-1]["raw"] == {"id": 7}
