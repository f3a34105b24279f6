"""The queue before an expert and back, through the command line and a real Label Studio server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from toolkit import samples
from toolkit.labelstudio import Server, replay
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace

pytestmark = pytest.mark.studio


def test_experts_decide_what_the_annotators_could_not(
    studio: Any, server: Server, make_project: Callable[..., Workspace]
) -> None:
    texts = [answer.text for answer in samples.read(samples.expert())]
    workspace = make_project(["\n".join(dict.fromkeys(texts))])

    def adjudicate(*options: str) -> Any:
        command = [sys.executable, "-W", "error", "-m", "toolkit", "adjudicate", *options, "--json"]
        known = os.environ | {"LABEL_STUDIO_URL": studio.url, "LABEL_STUDIO_API_KEY": studio.token}
        done = subprocess.run(command, cwd=workspace.root, env=known, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    sent = push(workspace, server=server).sent
    replay(workspace, samples.answers(), server=server)
    first = adjudicate("--pull", "--push")
    queued = first["counts"]["queued for an expert"]
    assert first["counts"]["decided"] + queued == sent
    assert 20 < queued == first["push"]["sent"]
    assert (first["decided_before"], first["changes"]) == (None, [])
    assert adjudicate("--push")["push"] == {"sent": 0, "already there": queued}

    replay(workspace, samples.expert(), expert=True, server=server)
    second = adjudicate("--pull")
    assert second["pull"]["expert new"] == queued
    assert second["counts"] == {"decided": sent, **second["counts"], "queued for an expert": 0}
    assert second["decided_before"] == first["counts"]["decided"]
    assert [change["cause"] for change in second["changes"]] == ["an expert's word"] * queued
    assert all(change["before"] is None for change in second["changes"])

    gold, queue = (workspace.path(name) for name in ("gold.parquet", "adjudications/queue.jsonl"))
    kept = gold.read_bytes()
    assert queue.read_bytes() == b""
    third = adjudicate("--pull")
    assert third["up_to_date"]
    gold.unlink()
    assert adjudicate()["up_to_date"] is False
    assert gold.read_bytes() == kept
