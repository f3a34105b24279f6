"""Label Studio in an environment of its own, and the empty database that is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import InvalidConfig, ToolkitError, UsageError
from toolkit.labelstudio.server import embedded, install
from toolkit.labelstudio.server.install import Step, installed


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


def test_a_long_step_says_that_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "EVERY", 0.05)
    heard: list[str] = []
    Step(tmp_path / "log", "waiting", heard.append).run(["/bin/sh", "-c", "echo half; sleep 0.5"], "it failed")
    assert len(heard) > 1
    assert heard[-1].startswith("  waiting · ")
    assert heard[-1].endswith(" s · half")


FAKE = """#!/bin/sh
# Plays python and uv: makes an environment, and notes what it was asked to install.
case "$*" in
  "venv "*|"-m venv "*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
  *"pip install"*uv) [ "$PIP_USER$PIP_TARGET$PIP_PREFIX" = 0 ] || exit 1; cp "$0" "$(dirname "$0")/uv" ;;
esac
echo "$(basename "$0") $*" >>"$NOTES"
"""


@pytest.mark.parametrize("there", [True, False])
def test_uv_installs_it_and_pip_brings_uv_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    for name in ("python3", "uv"):
        (tmp_path / name).write_text(FAKE)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    monkeypatch.setenv("PIP_USER", "1")  # as machines have it that many people share
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    monkeypatch.delenv(install.PYTHON_VARIABLE, raising=False)
    monkeypatch.setattr(install.shutil, "which", lambda name: str(tmp_path / name) if there else None)
    monkeypatch.setattr(install.sys, "executable", str(tmp_path / "python3"))
    installed(tmp_path / "home")
    asked = (tmp_path / "notes").read_text().splitlines()
    assert [line.split()[0] for line in asked] == (["uv", "uv"] if there else ["python3", "python", "uv"])
    assert asked[-1].endswith(f"bin/python label-studio=={install.VERSION}")


def test_without_a_home_a_folder_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", nobody)
    with pytest.raises(UsageError, match="set HOME, or TOOLKIT_STUDIO_HOME"):
        install.default_home({})
