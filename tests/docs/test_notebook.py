"""The notebook runs in the project that the tutorial leaves behind, and its words agree with its figures."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

nbclient = pytest.importorskip("nbclient")

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook" / "beat_the_baseline.ipynb"

pytestmark = [
    pytest.mark.studio,
    pytest.mark.slow,
    # What jupyter's client leaves to the garbage collector is not a fault of the notebook.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_the_notebook_runs_and_says_what_it_can_show(
    followed: tuple[Path, str], tmp_path: Path, watched: tuple[Any, list[str]]
) -> None:
    nbformat = pytest.importorskip("nbformat")
    copy = tmp_path / "my-project"
    shutil.copytree(followed[0], copy)
    kernel = tmp_path / "kernels" / "kernels" / "here"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.joinpath("kernel.json").write_text(
        json.dumps({"argv": command, "display_name": "here", "language": "python"})
    )
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(tmp_path / "kernels"))
        client = nbclient.NotebookClient(
            notebook, timeout=300, kernel_name="here", resources={"metadata": {"path": str(copy)}}
        )
        client.execute()
    written = (copy / "comparison.md").read_text(encoding="utf-8")
    assert "not shown to differ" in written, "the text says that three stories can't show more"
    nbconvert = pytest.importorskip("nbconvert")
    nowhere = {f"{library}_url": "" for library in ("jquery", "mathjax", "mermaid_js", "require_js")}
    body, _ = nbconvert.HTMLExporter(**nowhere).from_notebook_node(notebook)
    (tmp_path / "notebook.html").write_text(body, encoding="utf-8")
    page, faults = watched
    page.goto((tmp_path / "notebook.html").as_uri(), wait_until="load")
    assert page.locator("h1").inner_text().startswith("Beat the baseline")
    assert written.strip() in page.locator("body").inner_text()
    assert faults == []


def test_no_output_is_kept_in_the_repository() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)
