"""The stage plan, and its command."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from builders import answer

from toolkit.cli.app import main
from toolkit.errors import InvalidInput
from toolkit.plan.stage import plan
from toolkit.project import Workspace
from toolkit.records import to_row

TEXTS = [f"Headline {number}\nThe ferry left.\nIt rained." for number in range(12)]


def test_a_pilot_is_needed_and_then_the_table_is_there(
    make_project: Callable[..., Workspace], capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = make_project(TEXTS)
    with pytest.raises(InvalidInput, match="nothing shows how far people agree"):
        plan(workspace)
    given = [
        answer(sentence.sentence_id, person, "claim" if at % 2 == (person == "bert" and at % 7 == 0) else "none")
        for at, sentence in enumerate(workspace.sentences())
        for person in ("ada", "bert")
    ]
    workspace.annotations.append({"event": "revision", "annotation": to_row(each), "raw": {}} for each in given)
    with pytest.raises(SystemExit) as stopped:
        main(["plan", "--project", str(workspace.root), "--share", "0.5", "--json"])
    assert stopped.value.code == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]
    assert (row["articles"], row["answers"], row["hours"]) == (6, 54, None)
    with pytest.raises(SystemExit):
        main(["plan", "--project", str(workspace.root), "--share", "0.5", "--adaptive", "3"])
    assert "2 to 3" in capsys.readouterr().out
    assert row["alpha"]["low"] < row["alpha"]["value"] < row["alpha"]["high"]
