"""Label Studio in an environment of its own, and the empty database that is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import InvalidConfig, ToolkitError
from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.install import installed


def test_an_interpreter_without_label_studio_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="no label-studio beside"):
        installed(tmp_path, tmp_path / "python")


def test_a_template_that_can_not_be_made_shows_why(tmp_path: Path) -> None:
    program = tmp_path / "label-studio"
    program.write_text("#!/bin/sh\necho migrations are broken; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(ToolkitError, match="migrations are broken"):
        embedded.start(home=tmp_path / "home", data=tmp_path / "data", python=tmp_path / "python")
    assert not list((tmp_path / "home").glob("template*/"))
