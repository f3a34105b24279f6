"""`toolkit pull` ends as partly done, and says where, when the server itself fails at tasks."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from toolkit.cli import main
from toolkit.labelstudio.pull.log_writer import PullResult
from toolkit.project import Workspace

PLACES = tuple(f"http://localhost/projects/1/data?task={n}: the server answered 500: it fails" for n in range(25))


@pytest.mark.parametrize(("places", "code"), [((), 0), (PLACES[:1], 6), (PLACES, 6)])
def test_tasks_that_the_server_fails_at_are_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    places: tuple[str, ...],
    code: int,
) -> None:
    Workspace.create(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("toolkit.cli.pull.connected", lambda project: nullcontext())
    result = PullResult("http://localhost/projects/1", True, {"new": 5}, unreadable=places)
    monkeypatch.setattr("toolkit.labelstudio.pull.stage.pull", lambda *given, **how: result)
    with pytest.raises(SystemExit) as caught:
        main(["pull"])
    assert (caught.value.code or 0) == code
    said = capsys.readouterr()
    assert "5 new" in said.out
    assert [place in said.err for place in PLACES].count(True) == min(len(places), 20)
