"""The page of a project on a server: rendered from the workspace's schema, or a foreign one that is read by its XML."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType

from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.codec.foreign_page import ForeignPage, page_of_config
from toolkit.labelstudio.codec.label_config import GATE, TEXT, controls
from toolkit.labelstudio.codec.page_map import PageMap, own_page
from toolkit.labelstudio.pull.page_store import known_page, settled_page
from toolkit.labelstudio.pull.project_survey import Survey
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import Ledger
from toolkit.schema import Schema

_SAMPLE = 50  # tasks of a foreign project that show which of its values are used


def page_of(workspace: Workspace, server: Server, project: ServerProject, texts: Sequence[str] = ()) -> PageMap:
    """Return the meaning of a project's page; it is decided once, at its first pull.

    A project that was pushed from here is our own, and so is one whose page has the schema's controls and no others.

    Args:
        workspace: The project directory.
        server: The server.
        project: The project there.
        texts: Keys of the data that hold the sentence, where a foreign page leaves that open.

    Raises:
        InvalidInput: Nothing decides which of several texts is the sentence.
    """
    schema = workspace.schema()
    before = known_page(workspace, project.place, schema)
    if before is not None and before["own"]:
        return own_page(schema)
    if before is None and Ledger(workspace, project.place, "").sent:
        return settled_page(workspace, project.place, Survey(), schema, own=True)
    config = server.get(f"/api/projects/{project.id}/", {"label_config": (str, NoneType)})["label_config"] or ""
    page = page_of_config(config, where=f"the label config of {project.url}") if config.strip() else None
    if page is not None and is_rendered(page, schema):
        return settled_page(workspace, project.place, Survey(page), schema, own=True)
    survey = Survey(page)
    for task in server.sample(project.id, at_most=_SAMPLE):
        survey.add(task)
    own = False if page is not None and not survey.pushed else None
    return settled_page(workspace, project.place, survey, schema, own=own, wanted=texts)


def is_rendered(page: ForeignPage, schema: Schema) -> bool:
    """Tell whether a page has the controls of the schema's own, and no others."""
    theirs = {control.name: control.type for control in page.controls if control.name != GATE}
    ours = {control.name: control.type for control in controls(schema).values()}
    return theirs == ours and any(text.name == text.key == TEXT for text in page.texts)
