"""The stage push of links: windows of stories become tasks of a project of their own, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

from toolkit.errors import UsageError
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.codec.label_config import RIVALS
from toolkit.labelstudio.links.link_page import REGIONS, render_link_config
from toolkit.labelstudio.links.story_windows import Window, story_windows
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.labelstudio.suggest.preannotation import in_holdout
from toolkit.project import Workspace
from toolkit.project.logs.link_log import log_suggestions
from toolkit.project.logs.push_ledger import Key, link_expert_title, links_title
from toolkit.project.stage import Progress
from toolkit.records import Anchor, Decision, Link, LinkDecision, digest
from toolkit.schema import Schema, instructions

READY = "decided"
"""Name of the predictions whose regions stand ready: they are decisions, and no model made them."""


def push_links(
    workspace: Workspace,
    *,
    suggest: Suggest | None = None,
    held_back: float = 0.0,
    dry_run: bool = False,
    progress: Progress | None = None,
    server: Server | None = None,
) -> PushResult:
    """Send windows of stories, in which people link decided sentences, each once.

    A window whose words or decisions have changed is another one; the old one stays with its answers. Suggested links
    stand drawn in the windows that are sent now, but not in those of the hold-out, which is drawn as that of sentences;
    `link_log.SUGGESTIONS` has both, so that `toolkit agreement` can compare them.

    Args:
        workspace: The project directory.
        suggest: Returns links to suggest, each with its probability; None suggests nothing.
        held_back: Share of the windows that are shown without suggestions, in [0, 1].
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        UsageError: The schema has no links.
        InvalidInput: Nothing is decided yet, or the page does not fit the answers that are there.
        Interrupted: The server stopped answering; the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    schema = workspace.schema()
    if not schema.links:
        remedy = "take a version that has some, such as news_events@1.1.0"
        raise UsageError(f"{schema.ref} has no links between sentences", remedy=remedy)
    with workspace.lock(), connected(workspace, server) as connection:
        windows = list(_windows(workspace, schema))
        offers = _offers(windows, suggest, held_back)
        wanted = {window_key(window): window_task(window, offers.get(window.window_id)) for window in windows}
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        result = sender.send(links_title(workspace), link_settings(workspace, schema), wanted)
        if offers and not dry_run:
            log_suggestions(workspace, [offer.row() for _, offer in sorted(offers.items())])
        shown = [offer for offer in offers.values() if offer.shown]
        counts = {"windows with suggestions": len(shown), "windows in the hold-out": len(offers) - len(shown)}
        return replace(result, suggested=counts if offers else {})


def push_link_disputes(
    workspace: Workspace,
    disputes: Sequence[LinkDecision],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    server: Server | None = None,
) -> PushResult:
    """Send the windows with disputed links to the experts' project for links, each once.

    The page shows which links people differ on, as words; none is drawn beforehand. What an expert draws in a window
    decides every pair of sentences in it. A disputed link is shown in the first window that offers both its sentences.

    Args:
        workspace: The project directory.
        disputes: What just half of those who could have drawn it drew.
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: Nothing is decided yet, or the page does not fit the answers that are there.
        Interrupted: The server stopped answering; the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    schema = workspace.schema()
    with workspace.lock(), connected(workspace, server) as connection:
        wanted = dict(_disputed_tasks(workspace, schema, disputes))
        page = {"label_config": render_link_config(schema, rivals=True).strip(), "maximum_annotations": 1}
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        return sender.send(link_expert_title(workspace), link_settings(workspace, schema) | page, wanted)


def _disputed_tasks(
    workspace: Workspace, schema: Schema, disputes: Sequence[LinkDecision]
) -> Iterator[tuple[Key, Task]]:
    left = list(disputes)
    for window in _windows(workspace, schema):
        offered = {region.sentence_id for region in window.regions}
        mine = [each for each in left if {*each.link.ends[1:]} <= offered]
        if mine:
            left = [each for each in left if each not in mine]
            task = window_task(window)
            yield window_key(window), {**task, "data": task["data"] | {RIVALS: _in_words(mine, schema)}}


def _in_words(disputes: Iterable[LinkDecision], schema: Schema) -> str:
    """Return disputed links as a list in HTML, by their ids: an order that tells nothing."""
    titles = {link.id: link.title for link in schema.links}
    items = [
        f"<li>“{escape(each.link.head.text)}” <b>{escape(titles.get(each.link.label, each.link.label))}</b>"
        f" “{escape(each.link.tail.text)}”?</li>"
        for each in sorted(disputes, key=lambda each: each.link.link_id)
    ]
    return f"<ol>{''.join(items)}</ol>"


Suggest = Callable[[], Iterable[tuple[Link, float]]]
"""Returns links to suggest, each with how sure the suggester is."""


@dataclass(frozen=True)
class _Offer:
    """What is suggested in a window, or would be.

    Attributes:
        window_id: The window.
        shown: People see it; else the window is in the hold-out.
        links: Region where each starts, region where it leads, the link and its probability.
    """

    window_id: str
    shown: bool
    links: tuple[tuple[str, str, Link, float], ...]

    def row(self) -> dict[str, Any]:
        """Return the row of the log."""
        ends = [(link.ends, probability) for _, _, link, probability in self.links]
        said = [{"label": label, "head": head, "tail": tail, "p": p} for (label, head, tail), p in ends]
        return {"window_id": self.window_id, "shown": self.shown, "links": said}


def _offers(windows: Iterable[Window], suggest: Suggest | None, held_back: float) -> dict[str, _Offer]:
    if suggest is None:
        return {}
    links = list(suggest())
    found = {}
    for window in windows:
        places = {
            (region.sentence_id, region.start, region.end, label): region.region_id
            for region in window.regions
            for label in region.labels
        }
        joined = [(places.get(_place(link.head)), places.get(_place(link.tail)), link, p) for link, p in links]
        inside = tuple((a, b, link, p) for a, b, link, p in joined if a is not None and b is not None)
        if inside:
            found[window.window_id] = _Offer(window.window_id, not in_holdout(window.window_id, held_back), inside)
    return found


def _place(end: Anchor) -> tuple[str, int, int, str]:
    return end.sentence_id, end.start, end.end, end.label


def link_settings(workspace: Workspace, schema: Schema) -> dict[str, Any]:
    """Return what a project for links is set to."""
    return {
        "label_config": render_link_config(schema).strip(),
        "expert_instruction": instructions(schema).strip(),
        "show_instruction": True,
        "maximum_annotations": workspace.config.label_studio.annotators_per_sentence,
        "sampling": "Sequential sampling",
        "show_collab_predictions": True,
        "model_version": READY,
        "enable_empty_annotation": True,
    }


def _windows(workspace: Workspace, schema: Schema) -> Iterator[Window]:
    decisions = {each.sentence_id: each for each in workspace.stream(Decision)}
    yield from story_windows(workspace.articles(), workspace.sentences(), decisions, schema)


def window_key(window: Window) -> Key:
    """Return what tells the task of a window from all others."""
    return window.window_id, digest(window.text.encode())


def window_task(window: Window, offer: _Offer | None = None) -> Task:
    """Return the body of the task of a window, with the links that are suggested in it."""
    drawn = [
        {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": [link.label]}
        for head, tail, link, _ in (offer.links if offer is not None and offer.shown else ())
    ]
    regions = [
        {
            "id": region.region_id,
            "from_name": REGIONS,
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": region.at,
                "end": region.at + region.end - region.start,
                "text": window.text[region.at : region.at + region.end - region.start],
                "labels": list(region.labels),
            },
        }
        for region in window.regions
    ]
    data = {
        "text": window.text,
        "story_id": window.story_id,
        "sentence_id": window.window_id,
        "text_sha256": digest(window.text.encode()),
        "regions": [asdict(region) for region in window.regions],
    }
    return {"data": data, "predictions": [{"model_version": READY, "result": [*regions, *drawn]}]}
