"""A real Label Studio server for the whole session, and small project directories to try it with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import hypothesis
import pytest
from builders import write_corpus

from toolkit.errors import ToolkitError
from toolkit.labelstudio import Server
from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace

# No test is timed: on a busy machine a deadline fails what is right.
hypothesis.settings.register_profile("toolkit", deadline=None)
hypothesis.settings.load_profile("toolkit")

ROOT = Path(__file__).parent.parent

IMPATIENCE = ["Timeout", "RemoteError", "Unanswered", "ConnectionError", "ConnectError", "ChildProcessError"]
"""What says that a program of others was slow or fell: browser, server, cluster. A wrong answer is none of these."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what waited in vain for a program of others wait once more; the summary names it as RERUN."""
    for item in items:
        if item.get_closest_marker("studio") or item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=IMPATIENCE))


@pytest.fixture(scope="session")
def studio_home() -> Path:
    """Where Label Studio is installed, once for all tests."""
    return Path(os.environ.get("TOOLKIT_STUDIO_HOME", ROOT / ".cache" / "studio")).absolute()


@pytest.fixture(scope="session")
def studio(studio_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server with a data directory of its own, installed once into .cache and stopped at the end."""
    data = tmp_path_factory.mktemp("studio") / "data"
    data.mkdir(mode=0o755)
    try:
        started = embedded.start(home=studio_home, data=data, local_backends=True)
    except ToolkitError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO LABEL STUDIO, NOTHING OF IT IS TESTED: {error}")
    yield started
    embedded.stop(data=data)


@pytest.fixture
def server(studio: Studio) -> Iterator[Server]:
    """A client of the session's server."""
    assert studio.token is not None
    with Server(studio.url, studio.token) as client:
        yield client


@pytest.fixture
def make_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workspace]:
    """A factory of project directories with one article a text, its sentences one a line."""
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)

    def make(texts: Sequence[str], *, title: str | None = None, name: str = "project") -> Workspace:
        title = title or f"test {os.urandom(6).hex()}"
        workspace = Workspace.create(tmp_path / name, title=title)
        write_corpus(workspace, texts)
        return workspace

    return make
