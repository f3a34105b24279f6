"""The server that a project labels on."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import InvalidConfig
from toolkit.labelstudio import connect
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace

pytestmark = pytest.mark.studio


def test_the_embedded_server_is_taken_where_no_other_is_named(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    monkeypatch.setenv("TOOLKIT_STUDIO_HOME", str(studio.data.parent))
    workspace = Workspace.create(tmp_path / "project")
    with connect(workspace) as server:
        assert server.url == studio.url
        assert server.users()
    monkeypatch.setenv("TOOLKIT_STUDIO_HOME", str(tmp_path))
    with pytest.raises(InvalidConfig, match=r"no Label Studio server.*toolkit studio start"):
        connect(workspace)
    with pytest.raises(InvalidConfig, match="LABEL_STUDIO_API_KEY holds no token"):
        connect(workspace, url=studio.url)
