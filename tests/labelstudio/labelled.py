"""A pushed project on a real server, and short ways to answer its tasks."""

from __future__ import annotations

from typing import Any

from toolkit.labelstudio import Server
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace


class Labelled:
    """A pushed project, and short ways to answer its tasks as the server's own user."""

    def __init__(self, workspace: Workspace, server: Server) -> None:
        self.workspace, self.server = workspace, server
        push(workspace, server=server)
        self.project = server_project.work_projects(server, workspace)[0]
        self.tasks = [task["id"] for task in server.tasks(self.project.id, include="id")]

    def answer(self, number: int, *labels: str, spans: tuple[tuple[int, int, str], ...] = (), **more: Any) -> int:
        result: list[dict[str, Any]] = [
            {"id": f"s{start}", "from_name": "spans", "to_name": "text", "type": "labels", "value": value}
            for start, end, text in spans
            for value in [{"start": start, "end": end, "text": text, "labels": ["SOURCE"]}]
        ]
        if labels:
            value = {"choices": list(labels)}
            result.append({"id": "c", "from_name": "speech_act", "to_name": "text", "type": "choices", "value": value})
        made = self.server.post(f"/api/tasks/{self.tasks[number]}/annotations/", {"result": result} | more)
        return int(made["id"])

    def pull(self, **how: Any) -> dict[str, int]:
        return dict(pull(self.workspace, server=self.server, **how).counts)

    def rows(self) -> list[dict[str, Any]]:
        return list(self.workspace.annotations.rows())
