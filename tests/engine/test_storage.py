"""Files behind a URL are replaced whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.webhdfs import webhdfs
from toolkit.engine import storage


def test_a_file_is_replaced_where_a_move_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with webhdfs(tmp_path) as url:
        for content in (b"old", b"new"):
            with storage.writing(f"{url}/file") as file:
                file.write(content)
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
        assert storage.read_bytes(f"{url}/file") == b"new"
        assert storage.names_in(f"{url}/nowhere") == []
