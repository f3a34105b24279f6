"""A reviewed migration carried out on a project's logs, which only ever grow.

Every answer under the old version gets one more row: a revision under the new version, or, where a split leaves open
what the person would have said, a tombstone. Both keep the server's `raw` and `place`, by which the next pull knows
the answer again and does not take it anew. So the same logs and migration give the same bytes, a kill in between
leaves a beginning of the same rows, and a second run finds nothing left to do.

    {"event": "revision", "annotation": …, "raw": …, "place": …, "migration": "name@old → name@new"}
    {"event": "tombstone", "annotation_id": …, "reason": …, "raw": …, "place": …, "migration": …,
     "sentence_id": …, "annotator": …, "labels": [<what people have to split>]}
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import UsageError
from toolkit.project.annotators_file import people_per_sentence
from toolkit.project.config import FILE_NAME, TITLE_LENGTHS, with_schema
from toolkit.project.logs import link_log
from toolkit.project.logs.annotation_log import current, revision, tombstone
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.logs.link_log import logged_links
from toolkit.project.workspace import Workspace
from toolkit.records import Annotation
from toolkit.schema import Migrated, Migration, Schema, counts, diff, load, load_migration, migrate, migrate_links
from toolkit.schema.yaml_document import read_document, text_of

REQUEUE = "annotations/requeue.jsonl"


@dataclass(frozen=True)
class MigrationResult:
    """What a migration did, or would do.

    Attributes:
        migration: "name@old → name@new".
        counts: Answers "unchanged", "changed", "ambiguous" and "breaking" a new rule, and those of experts.
        requeued: sentence_ids that annotators are asked again, sorted; from this migration and earlier ones.
        schema: What `schema` in toolkit.yaml has to be.
        project: What `label_studio.project` in toolkit.yaml has to be; another one than before when the new page no
            longer has labels that answers on the server carry.
        configured: toolkit.yaml says both.
        dry_run: Nothing was changed.
    """

    migration: str
    counts: Mapping[str, int]
    requeued: tuple[str, ...]
    schema: str
    project: str
    configured: bool
    dry_run: bool

    @property
    def up_to_date(self) -> bool:
        """No answer was left under the old version."""
        return not any(self.counts.values())


def migrate_answers(
    workspace: Workspace, path: str | Path, *, dry_run: bool = False, write_config: bool = False
) -> MigrationResult:
    """Carry the answers of annotators and experts from one version of the schema to the next.

    Answers about links between sentences go along. Ambiguous answers no longer hold; their sentences are in
    annotations/requeue.jsonl, and the next push sends them and no other sentence that has its answers.

    Args:
        workspace: The project, with everything pulled: what people still answer in the old project on the server is
            not seen after its title has changed.
        path: The migration; its two versions are looked for beside the project's schema, in schemas/ of the project
            and among those shipped.
        dry_run: Change nothing; say what would change.
        write_config: Write the new schema and title into toolkit.yaml.

    Raises:
        UsageError: There is no such migration, or no such version of the schema.
        InvalidInput: The migration, a schema or a log breaks a rule; nothing is written.
        InvalidConfig: toolkit.yaml can't be changed safely; the logs are migrated.
    """
    with workspace.lock():
        (_, old), (new_name, new) = _versions(workspace, Path(path))
        migration = load_migration(path, old, new)
        people = _carry(workspace.annotations, migration, old, new)
        experts = _carry(workspace.adjudications, migration, old, new)
        links = list(_link_rows(workspace.links, migration))
        settled_links = list(_link_rows(workspace.expert_links, migration))
        if not dry_run:
            workspace.links.append(links)
            workspace.expert_links.append(settled_links)
            workspace.annotations.append(people.rows)
            workspace.adjudications.append(experts.rows)
            _write_requeue(workspace, people.open)
        configured = workspace.schema().ref == new.ref
        project = workspace.config.label_studio.project if configured else _title(workspace, old, new)
        if write_config and not (dry_run or configured):
            workspace.write(FILE_NAME, with_schema(workspace.path(FILE_NAME), new_name, project))
        return MigrationResult(
            migration=_name(migration),
            counts=dict(people.counts)
            | {f"expert {name}": number for name, number in experts.counts.items() if number}
            | ({"link answers": len(links)} if links else {})
            | ({"expert link answers": len(settled_links)} if settled_links else {}),
            requeued=tuple(sorted({row["sentence_id"] for row in people.open})),
            schema=new_name,
            project=project,
            configured=configured or (write_config and not dry_run),
            dry_run=dry_run,
        )


def settled(workspace: Workspace) -> frozenset[str]:
    """Return the sentences that have all their answers since a migration, and need not be sent to a new project.

    A sentence has them when as many people as it is asked of have an answer or a skip that holds, one of them
    at least from before the migration.
    """
    if not workspace.path(REQUEUE).exists():
        return frozenset()
    rows = list(workspace.annotations.rows())
    migrated = {row["annotation"]["annotation_id"] for row in rows if row["event"] == "revision" and "migration" in row}
    people: dict[str, set[str]] = defaultdict(set)
    old = set()
    for answer in current(rows, where=str(workspace.annotations.path)):
        people[answer.sentence_id].add(answer.annotator)
        if answer.annotation_id in migrated:
            old.add(answer.sentence_id)
    wanted = people_per_sentence(workspace)
    return frozenset(sentence for sentence in old if len(people[sentence]) >= wanted(sentence))


@dataclass(frozen=True)
class _Carried:
    """What becomes of a log: the rows to add, how many answers went which way, and what is to be answered again."""

    rows: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]
    open: Sequence[Mapping[str, Any]]


def _carry(log: AppendLog, migration: Migration, old: Schema, new: Schema) -> _Carried:
    before = list(log.rows())
    results = list(migrate(current(before, where=str(log.path)), migration, old, new))
    rows = list(_rows(results, migration, before))
    return _Carried(rows, counts(results), _requeued([*before, *rows]))


def _link_rows(log: AppendLog, migration: Migration) -> Iterator[dict[str, Any]]:
    """Yield the rows to add to a log of links: each answer under the old version once more, under the new one."""
    raw = {row["answer"]["annotation_id"]: row["raw"] for row in log.rows() if row["event"] == "revision"}
    for annotation_id, logged in logged_links(log).items():
        if logged.answer.schema == migration.source:
            after = migrate_links(logged.answer, migration)
            row = link_log.revision(logged.place, after, raw[annotation_id])
            yield row | {"migration": _name(migration)}


def _versions(workspace: Workspace, path: Path) -> list[tuple[str, Schema]]:
    """Return the two schemas that a migration names, each with what toolkit.yaml would call it."""
    if not path.is_file():
        raise UsageError("no such migration file", where=str(path))
    document = read_document(text_of(path), str(path))
    data = document.data if isinstance(document.data, dict) else {}
    found = []
    for key in ("from", "to"):
        reference = data.get(key)
        if not isinstance(reference, str) or reference.count("@") != 1:
            raise document.fault(() if key not in data else (key,), f"`{key}` has to be the NAME@VERSION of a schema")
        found.append(_schema(workspace, reference, near=path.parent))
    return found


def _schema(workspace: Workspace, reference: str, *, near: Path) -> tuple[str, Schema]:
    """Return a schema, and what toolkit.yaml calls it: its path from the project, or NAME@VERSION if it is shipped.

    Raises:
        UsageError: There is no such schema in schemas/ of the project, beside the project's schema, in the folder
            `near` and among those shipped.
    """
    name, _, version = reference.partition("@")
    mine = workspace.path(workspace.config.schema_name)
    usual = workspace.path("schemas", name, f"{version}.yaml")
    beside = [mine.parent] if mine.is_file() else []
    for file in [usual, *(each for folder in [*beside, near] for each in sorted(folder.glob("*.y*ml")))]:
        if file.is_file() and _may_be(file.read_bytes(), name, version):
            schema = load(file)
            if schema.ref == reference:
                return Path(os.path.relpath(file, workspace.root)).as_posix(), schema
    try:
        return reference, load(reference)
    except UsageError as error:
        remedy = f"write it as {usual.relative_to(workspace.root).as_posix()} in the project, or beside the migration"
        raise UsageError(f"there is no schema {reference}", remedy=remedy) from error


def _may_be(text: bytes, name: str, version: str) -> bool:
    """Tell whether a YAML file says that it is this version, so that others beside it need not be right, or schemas."""
    says = ((b"name", name), (b"version", version))
    return all(re.search(rb"(?m)^%b:[ \t]*[\"']?%b\b" % (key, re.escape(word.encode())), text) for key, word in says)


def _rows(
    results: Iterable[Migrated], migration: Migration, before: Iterable[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows to add: what the last row of each answer said of the server goes on to the new one."""
    last = {row["annotation"]["annotation_id"]: row for row in before if row["event"] == "revision"}
    for result in results:
        was = last[result.before.annotation_id]
        if result.after is not None:
            row = revision(result.after, was["raw"])
        else:
            row = _open(result.before, result.ambiguous, migration) | {"raw": was["raw"]}
        kept = {name: was[name] for name in ("place", "server", "text_sha256") if name in was}
        yield row | kept | {"migration": _name(migration)}


def _open(answer: Annotation, labels: tuple[str, ...], migration: Migration) -> dict[str, Any]:
    reason = f"{migration.target} splits {', '.join(labels)}: to be answered again"
    about = {"sentence_id": answer.sentence_id, "annotator": answer.annotator, "labels": list(labels)}
    return tombstone(answer.annotation_id, reason) | about


def _requeued(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = ("sentence_id", "annotator", "annotation_id", "labels", "migration")
    return [{name: row[name] for name in names} for row in rows if row["event"] == "tombstone" and "migration" in row]


def _write_requeue(workspace: Workspace, rows: Iterable[Mapping[str, Any]]) -> None:
    ordered = sorted(rows, key=lambda row: (row["sentence_id"], row["annotator"], row["annotation_id"]))
    workspace.write(REQUEUE, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ordered))


def _title(workspace: Workspace, old: Schema, new: Schema) -> str:
    """Return the title of the project on the server: a page that lost labels gets a project of its own."""
    title = workspace.config.label_studio.project
    if diff(old, new).level != "major":
        return title
    ending = f" {new.version}"
    return title.removesuffix(f" {old.version}")[: TITLE_LENGTHS[-1] - len(ending)] + ending


def _name(migration: Migration) -> str:
    return f"{migration.source} → {migration.target}"
