"""A server that is no Label Studio, of some fifty kinds: one error of a remote server, and in time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import RemoteError, ToolkitError
from toolkit.labelstudio import Server

ATTACK = Path(__file__).parents[3] / "scripts" / "bench" / "attack"
sys.path.insert(0, str(ATTACK))
from hostile_server import KINDS, hostile  # noqa: E402

sys.path.remove(str(ATTACK))

pytestmark = pytest.mark.slow

DEADLINE = 2.0
UNHARMFUL = {"an endless list", "an empty list for an answer"}
"""Kinds with answers that a Label Studio may give to some request, or without end in number only."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_one_error_in_time(kind: str) -> None:
    with hostile(kind) as url, Server(url, "a" * 40, timeout=DEADLINE, sleep=lambda _: None) as server:
        for ask in (server.users, lambda: list(server.tasks(1, fields="all"))):
            began = time.monotonic()
            answered, fault = _outcome(ask)
            assert time.monotonic() - began < 60, "a machine that is busy may take several times the deadline"
            if fault is None:
                assert kind in UNHARMFUL or not answered, answered
                continue
            assert isinstance(fault, RemoteError)
            assert fault.where
            assert "\x1b" not in str(fault)


def _outcome(ask: Callable[[], Any]) -> tuple[Any, ToolkitError | None]:
    try:
        return ask(), None
    except ToolkitError as fault:
        return None, fault
