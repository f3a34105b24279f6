"""The pages of a project's answers, annotations/pages.json: for each source what each (control, value) means.

Whether a source is foreign, which of its texts is the sentence, and what its controls mean is decided once, at its
first pull, and written down. A person may edit the file: what stands there goes before what would be decided anew, as
long as the project keeps the schema.

    {"project 5 of 2026-11-28T18:29:00Z": {
        "schema": "theirs@1.0.0", "own": false, "texts": [{"name": "t", "key": "content", "markup": false}],
        "controls": {"kind": {"type": "choices", "kind": "label", "values": {"Claim": "claim"}, …}},
        "relations": {"said by": "said_by"}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.labelstudio.codec.foreign_page import ShownText
from toolkit.labelstudio.codec.page_map import ControlMeaning, PageMap, fitted_page, own_page
from toolkit.labelstudio.pull.project_survey import Survey
from toolkit.project import Workspace, write_atomic
from toolkit.records import from_row, to_row
from toolkit.schema import Schema

NAME = "annotations/pages.json"


def settled_page(
    workspace: Workspace,
    source: str,
    survey: Survey,
    schema: Schema,
    *,
    own: bool | None = None,
    wanted: Sequence[str] = (),
) -> PageMap:
    """Return the meaning of a source's page: as it was decided before, else decided now and written down.

    Args:
        workspace: The project directory.
        source: What tells the project on its server from others.
        survey: A look at its tasks.
        schema: The project's schema.
        own: The page is rendered from the schema; None: the survey tells.
        wanted: Keys of the texts that a person has named.

    Raises:
        InvalidInput: Nothing decides between several texts, or the file is damaged.
    """
    pages = _read(workspace)
    before = pages.get(source)
    if before is not None and before["schema"] != schema.ref:
        before = None
    is_own = before["own"] if before is not None else (survey.pushed if own is None else own)
    if is_own:
        page = own_page(schema)
        entry: dict[str, Any] = {"schema": schema.ref, "own": True}
    else:
        texts = _texts(before) if before is not None and not wanted else survey.texts(wanted)
        page = fitted_page(survey.page(), schema, texts)
        if before is not None:
            page = _as_before(page, before, workspace)
        entry = {
            "schema": schema.ref,
            "own": False,
            "texts": [to_row(text) for text in page.texts],
            "controls": {name: to_row(control) for name, control in page.controls.items()},
            "relations": dict(page.relations or {}),
        }
    if entry != before:
        _write(workspace, pages | {source: entry})
    return page


def known_page(workspace: Workspace, source: str, schema: Schema) -> Mapping[str, Any] | None:
    """Return what was written down of a source under this schema; None if nothing."""
    entry: Mapping[str, Any] | None = _read(workspace).get(source)
    return entry if entry is not None and entry["schema"] == schema.ref else None


def _as_before(page: PageMap, before: Mapping[str, Any], workspace: Workspace) -> PageMap:
    """Return a page with what was decided before, or written by hand, in the place of what is decided now."""
    controls = dict(page.controls)
    for name, row in before["controls"].items():
        was = from_row(ControlMeaning, row, where=str(workspace.path(NAME)))
        now = controls.get(name)
        if now is not None and now.kind == was.kind:
            was = replace(
                was,
                values=was.values if now.values is None else {**now.values, **(was.values or {})},
                fields=was.fields if now.fields is None else {**now.fields, **(was.fields or {})},
            )
        controls[name] = was
    return replace(page, controls=controls, relations={**(page.relations or {}), **before["relations"]})


def _texts(entry: Mapping[str, Any]) -> tuple[ShownText, ...]:
    return tuple(from_row(ShownText, row) for row in entry["texts"])


def _read(workspace: Workspace) -> dict[str, Any]:
    path = workspace.path(NAME)
    try:
        pages: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InvalidInput("is damaged", where=str(path), remedy="mend it, or delete it and pull again") from error
    return pages


def _write(workspace: Workspace, pages: Mapping[str, Any]) -> None:
    text = json.dumps(pages, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomic(
        workspace.path(NAME), f"{text}\n".encode(errors="backslashreplace")
    )  # halves of characters, as in JSON
