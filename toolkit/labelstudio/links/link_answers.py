"""The stage pull of links: the links that people drew become lines of links/log.jsonl.

Every answer of the project is compared: windows are few beside sentences. A link is known by the regions that it
joins, as they were sent: a region that somebody moved, took away or made changes nothing, and is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.errors import InvalidInput, border
from toolkit.labelstudio.accounts_file import keep_accounts, server_of_project
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.known_projects import known_projects
from toolkit.labelstudio.links.link_page import REGIONS
from toolkit.labelstudio.links.story_windows import Region, fits
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.parse import utc
from toolkit.project import Workspace
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.logs.link_log import logged_links, revision, tombstone
from toolkit.project.logs.push_ledger import link_expert_title, link_quiz_title, links_title
from toolkit.records import Anchor, Link, LinkAnswer, Reject, Sentence, content_id, to_json
from toolkit.schema import Schema
from toolkit.schema.quiz.pair_quiz import pair_quiz

REJECTS = "links/rejects.jsonl"
Kind = Literal["link", "expert link", "quiz link"]
"""Whose links are pulled."""

_ARROWS = {"right": False, "left": True}
"""Direction of a relation on the page → whether it leads backwards."""

_Texts = Mapping[str, tuple[str, str]]
"""sentence_id → its article and its words."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an answer drew.

    Attributes:
        links: The links that can be taken.
        faults: (reason, what) of each that can't.
        touched: Regions that were moved, taken away or made; they stand where they were sent.
    """

    links: tuple[Link, ...]
    faults: tuple[tuple[str, str], ...]
    touched: int


def pull_links(
    workspace: Workspace, server: Server, *, keep_identities: bool = False, kind: Kind = "link"
) -> Mapping[str, int]:
    """Add what people have linked since the last pull to links/log.jsonl; the caller holds the lock.

    Args:
        workspace: The project directory.
        server: The server.
        keep_identities: Leave names and addresses in the raw JSON of the log.
        kind: "expert link": pull what experts say of disputed links instead, into links/experts.jsonl. "quiz link":
            what people answered to the quiz of links, into links/quiz.jsonl.

    Returns:
        Counts, without those that are 0; empty where no project for links was made.

    Raises:
        RemoteError: The server can't be reached or refuses.
    """
    title, log, rejected = _places(workspace)[kind]
    project = server_project.find(server, title, known=known_projects(workspace))
    if project is None:
        return {}
    known = server_of_project(workspace, server, project)
    names = project_pseudonyms(
        workspace, server.users(), keep_identities=keep_identities, server=project.place, known=known
    )
    schema = workspace.schema()
    texts = _quiz_texts(schema) if kind == "quiz link" else _texts(workspace)
    held = {key: logged for key, logged in logged_links(log).items() if logged.place == project.place}
    counts: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    for task in server.tasks(project.id, fields="all"):
        where = server.task_url(project.id, task["id"])
        for raw in task["annotations"]:
            try:
                with border(f"annotation {raw['id']} can't be read", where=where):
                    drawn = _drawn(task["data"], raw, schema, texts)
                    answer = _answer(task, raw, drawn, project.place, names.of(raw.get("completed_by")), schema)
                    stripped = names.strip(raw)
            except InvalidInput as fault:
                rejects.append(Reject(stage="pull", reason="unreadable", source=where, text=fault.what))
                held.pop(content_id(project.place, task["id"], raw["id"]), None)
                continue
            counts["link answers"] += 1
            counts["links"] += len(answer.links)
            counts["link regions put back"] += drawn.touched
            rejects += [Reject(stage="pull", reason=why, source=where, text=what) for why, what in drawn.faults]
            before = held.pop(answer.annotation_id, None)
            if before is None or before.answer != answer:
                counts["link answers new" if before is None else "link answers edited"] += 1
                rows.append(revision(project.place, answer, stripped))
    rows += [tombstone(project.place, gone, "it was deleted on the server") for gone in sorted(held)]
    counts["link answers deleted"] = len(held)
    counts["link rejects"] = len(rejects)
    log.append(rows)
    workspace.write(rejected, "".join(to_json(reject) + "\n" for reject in rejects))
    keep_accounts(workspace, project.place, names.numbers())
    whose = kind.removesuffix("link")
    return {f"{whose}{name}": count for name, count in counts.items() if count}


def _texts(workspace: Workspace) -> _Texts:
    columns = workspace.columns(Sentence, "sentence_id", "article_id", "text")
    return {sentence_id: (article_id, text) for sentence_id, article_id, text in columns}


def _quiz_texts(schema: Schema) -> _Texts:
    pairs = ((item, zip(item.ends, (item.first, item.second), strict=True)) for item in pair_quiz(schema))
    return {end: (item.item_id, text) for item, ends in pairs for end, text in ends}


def pulled_kinds(workspace: Workspace) -> list[Kind]:
    """Return what there is to pull: the kinds whose project was made."""
    known = known_projects(workspace)
    return [kind for kind, (title, _, _) in _places(workspace).items() if title in known]


def _places(workspace: Workspace) -> dict[Kind, tuple[str, AppendLog, str]]:
    """Return kind → the title of its project, its log, and its file of rejects."""
    return {
        "link": (links_title(workspace), workspace.links, REJECTS),
        "expert link": (link_expert_title(workspace), workspace.expert_links, "links/expert_rejects.jsonl"),
        "quiz link": (link_quiz_title(workspace), workspace.link_quiz, "links/quiz_rejects.jsonl"),
    }


def _answer(
    task: Mapping[str, Any], raw: Mapping[str, Any], drawn: Drawn, place: str, annotator: str, schema: Schema
) -> LinkAnswer:
    notes = [item["value"].get("text") for item in raw.get("result") or () if item.get("type") == "textarea"]
    said = [str(words) for note in notes for words in (note if isinstance(note, list) else [note])]
    return LinkAnswer(
        annotation_id=content_id(place, task["id"], raw["id"]),
        window_id=str(task["data"].get("sentence_id")),
        annotator=annotator,
        offered=tuple(sorted({region.sentence_id for region in _regions(task["data"])})),
        links=() if raw.get("was_cancelled") else drawn.links,
        schema=schema.ref,
        created_at=utc(raw["created_at"]),
        updated_at=utc(raw["updated_at"]),
        lead_time=raw.get("lead_time"),
        skipped=bool(raw.get("was_cancelled")),
        note="\n".join(said) or None,
        rejected=len(drawn.faults),
    )


def _regions(data: Mapping[str, Any]) -> list[Region]:
    """Return the regions of a task as they were sent.

    Raises:
        InvalidInput: The task was not made by `push --links`.
    """
    what = "holds a task that was not made by `toolkit push --links`"
    with border(what, where="the project for links", remedy="delete the task there"):
        return [Region(**{**each, "labels": tuple(each["labels"])}) for each in data["regions"]]


def _drawn(data: Mapping[str, Any], raw: Mapping[str, Any], schema: Schema, texts: _Texts) -> Drawn:
    regions = {region.region_id: region for region in _regions(data)}
    items = [item for item in raw.get("result") or () if isinstance(item, Mapping)]
    links: dict[tuple[str, str, str], Link] = {}
    faults: list[tuple[str, str]] = []
    for item in items:
        if item.get("type") == "relation":
            for found in _links(item, regions, schema, texts):
                if isinstance(found, Link):
                    links.setdefault(found.ends, found)
                else:
                    faults.append(found)
    kept = {str(item.get("id")): item["value"] for item in items if item.get("from_name") == REGIONS}
    moved = sum(
        region_id not in kept or kept[region_id].get("start") != region.at for region_id, region in regions.items()
    )
    touched = 0 if raw.get("was_cancelled") else moved + len(kept.keys() - regions.keys())
    return Drawn(tuple(links[key] for key in sorted(links)), tuple(faults), touched)


def _links(
    item: Mapping[str, Any], regions: Mapping[str, Region], schema: Schema, texts: _Texts
) -> Iterator[Link | tuple[str, str]]:
    """Yield the links of a relation on the page, or why it can't be taken."""
    said = f"{item.get('from_id')} → {item.get('to_id')} {', '.join(map(str, item.get('labels') or ()))}".strip()
    ends = [regions.get(str(item.get(end))) for end in ("from_id", "to_id")]
    if item.get("direction", "right") not in _ARROWS:
        yield "direction", said
        return
    head, tail = ends[::-1] if _ARROWS[item.get("direction", "right")] else ends
    if head is None or tail is None:
        yield "unknown-region", said
        return
    if head.sentence_id == tail.sentence_id:
        yield "same-sentence", said
        return
    labels = [str(label) for label in item.get("labels") or ()]
    possible = [link for link in schema.links if fits(link, head.labels, tail.labels)]
    if not labels and len(possible) == 1:
        labels = [possible[0].id]  # there is only one link between such places
    if not labels:
        yield "no-link", said
    for label in labels:
        link = next((each for each in possible if each.id == label), None)
        anchors = None if link is None else (_anchor(head, link.head, texts), _anchor(tail, link.tail, texts))
        if anchors is None:
            yield "ends", said
        elif anchors[0] is None or anchors[1] is None:
            yield "sentence-gone", said
        elif link is not None and link.scope == "article" and texts[head.sentence_id][0] != texts[tail.sentence_id][0]:
            yield "other-article", said
        else:
            yield Link(label=label, head=anchors[0], tail=anchors[1])


def _anchor(region: Region, ends: tuple[str, ...], texts: _Texts) -> Anchor | None:
    """Return a region as the end of a link; None if its sentence is gone."""
    text = texts.get(region.sentence_id, ("", ""))[1]
    if not text or region.end > len(text):
        return None
    label = next(label for label in ends if label in region.labels)
    return Anchor(
        sentence_id=region.sentence_id,
        label=label,
        start=region.start,
        end=region.end,
        text=text[region.start : region.end],
    )
