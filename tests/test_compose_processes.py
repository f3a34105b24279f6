"""The services of compose.yaml as plain processes: PostgreSQL, Label Studio and suggestions, with its variables.

Docker runs the same programs; what it alone does (images, networks, volumes) is held by the schema in
test_deployment.py. Only addresses and folders differ here: services find each other on loopback.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from toolkit.labelstudio.server.install import installed
from toolkit.project import Workspace

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "compose.yaml"
TOOLKIT = [sys.executable, "-m", "toolkit"]
PATIENCE = 600  # seconds: the migrations of an empty database take minutes where others are at work
TOLL = "At least 14 people were killed and dozens wounded."


def services(env_file: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return service → its variables, with those of .env filled in as Compose does."""

    def filled(value: str) -> str:
        return re.sub(
            r"\$\{(\w+):([?-])([^}]*)\}", lambda found: env_file.get(found[1]) or _default(*found.groups()), value
        )

    parts = yaml.safe_load(COMPOSE.read_bytes())["services"]
    return {name: {key: filled(value) for key, value in part["environment"].items()} for name, part in parts.items()}


def _default(variable: str, kind: str, word: str) -> str:
    if kind == "?":
        raise KeyError(f"{variable}: {word}")
    return word


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], log: Path, **how: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=dict(environment), stdout=output, stderr=subprocess.STDOUT, **how)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def until(what: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a service is ready; its log is the message where it never is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if what():
            return
        time.sleep(0.3)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-3000:])


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def unprivileged() -> dict[str, Any]:
    """Return how to run a process as somebody else: PostgreSQL refuses to run as root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def database(variables: Mapping[str, str], port: int) -> Iterator[None]:
    """Run PostgreSQL as its image does: the user, the password and the database that the variables name."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        place, somebody = Path(folder), unprivileged()
        if somebody:
            shutil.chown(place, somebody["user"], somebody["group"])
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "PGTZ": "UTC"}
        password = place / "password"
        password.write_text(variables["POSTGRES_PASSWORD"])
        password.chmod(0o644)
        data = place / "data"
        make = [
            "initdb",
            "--pgdata",
            str(data),
            "--username",
            variables["POSTGRES_USER"],
            "--pwfile",
            str(password),
            "--no-sync",
        ]
        make += ["--auth", "scram-sha-256", "--encoding", "UTF8"]
        subprocess.run(make, env=environment, check=True, capture_output=True, cwd=folder, **somebody)
        name = variables["POSTGRES_DB"]
        single = ["postgres", "--single", "-D", str(data), "postgres"]
        subprocess.run(
            single,
            input=f"CREATE DATABASE {name};\n".encode(),
            env=environment,
            check=True,
            capture_output=True,
            cwd=folder,
            **somebody,
        )
        command = [
            "postgres",
            "-D",
            str(data),
            "-p",
            str(port),
            "-k",
            folder,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
        ]
        log = place / "log"
        with running(command, environment, log, cwd=folder, **somebody) as process:
            until(lambda: b"ready to accept connections" in log.read_bytes(), process, log)
            yield


class Team:
    """The services on this machine: their addresses, and the variables that they and a coordinator have."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.ports = {name: free_port() for name in ("database", "studio", "suggestions")}
        self.url, self.suggestions = (f"http://127.0.0.1:{self.ports[name]}" for name in ("studio", "suggestions"))
        env_file = {name: secrets.token_hex(12) for name in ("POSTGRES_PASSWORD", "STUDIO_PASSWORD")}
        env_file |= {"STUDIO_TOKEN": secrets.token_hex(20), "STUDIO_URL": self.url, "PROJECT": str(project)}
        self.token, self.project, found = env_file["STUDIO_TOKEN"], project, services(env_file)
        base = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
        self.database = found["database"]
        self.studio = base | found["studio"] | {"POSTGRE_HOST": "127.0.0.1"}
        self.studio |= {"POSTGRE_PORT": str(self.ports["database"]), "LABEL_STUDIO_PORT": str(self.ports["studio"])}
        self.studio["LABEL_STUDIO_BASE_DATA_DIR"] = str(folder / "data")
        self.coordinator = base | found["suggestions"] | {"LABEL_STUDIO_URL": self.url}

    def serve(self) -> list[str]:
        """Return the command of the suggestions, with the folder and the addresses of this machine."""
        words = yaml.safe_load(COMPOSE.read_bytes())["services"]["suggestions"]["command"]
        here = {"/project": str(self.project), "0.0.0.0": "127.0.0.1", "9090": str(self.ports["suggestions"])}
        return [*TOOLKIT, *(here.get(word, word) for word in words)]

    def run(self, *arguments: str) -> str:
        """Run a command as the coordinator of the team; return what it prints."""
        command = [*TOOLKIT, *arguments, "--project", str(self.project)]
        done = subprocess.run(command, env=self.coordinator, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def suggest_and_answer(self) -> None:
        """Connect the suggestions, have them made, and answer both tasks."""
        token = {"Authorization": f"Token {self.token}"}
        with httpx.Client(base_url=self.url, headers=token, timeout=60, trust_env=False) as api:

            def ask(method: str, path: str, **how: Any) -> Any:
                return api.request(method, path, **how).raise_for_status().json()

            (project,) = ask("GET", "/api/projects")["results"]
            ask("POST", "/api/ml", json={"project": project["id"], "url": self.suggestions, "title": "suggestions"})
            tasks = ask("GET", "/api/tasks", params={"project": project["id"], "fields": "all"})["tasks"]
            action = {"id": "retrieve_tasks_predictions", "project": project["id"]}
            chosen = {"selectedItems": {"all": False, "included": [task["id"] for task in tasks]}}
            ask("POST", "/api/dm/actions", params=action, json=chosen)
            toll = next(task["id"] for task in tasks if task["data"]["text"] == TOLL)
            (suggested,) = ask("GET", f"/api/tasks/{toll}")["predictions"]
            assert any(part["type"] == "labels" for part in suggested["result"])
            choice = {"id": "c", "from_name": "nothing", "to_name": "text", "type": "choices"}
            for task in tasks:
                answer = {"result": [choice | {"value": {"choices": ["none"]}}]}
                ask("POST", f"/api/tasks/{task['id']}/annotations", json=answer)


@pytest.mark.studio
@pytest.mark.slow
def test_the_services_of_compose_carry_a_push_suggestions_and_a_pull(
    studio_home: Path, tmp_path: Path, make_project: Callable[..., Workspace]
) -> None:
    missing = [name for name in ("initdb", "postgres") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"NO POSTGRESQL, THE SERVICES OF compose.yaml ARE NOT TESTED: {missing} not found")
    workspace = make_project([f"{TOLL}\nThe ferries left on time."])
    team = Team(tmp_path, workspace.root)
    program = [str(installed(studio_home).with_name("label-studio"))]  # as the image runs it
    log, serve_log = tmp_path / "studio.log", tmp_path / "suggestions.log"
    with database(team.database, team.ports["database"]), running(program, team.studio, log) as server:
        until(lambda: answers(f"{team.url}/health"), server, log)
        with running(team.serve(), team.coordinator, serve_log) as backend:
            until(lambda: answers(f"{team.suggestions}/health"), backend, serve_log)
            named = {"Host": f"suggestions:{team.ports['suggestions']}"}  # as Label Studio calls it within Compose
            assert httpx.get(f"{team.suggestions}/health", headers=named, trust_env=False).status_code == 200
            assert "2 sent" in team.run("push")
            team.suggest_and_answer()
            assert "2 new" in team.run("pull")
    assert {tuple(row["annotation"]["labels"]) for row in workspace.annotations.rows()} == {("none",)}
