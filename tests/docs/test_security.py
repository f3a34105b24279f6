"""Each promise of SECURITY.md names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_promise_names_tests_that_are_there() -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \|$", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.M)
    promises = {promise: re.findall(r"`(tests/[^`]+)`", tests) for promise, tests in rows if promise != "Promise"}
    assert len(promises) > 10
    assert {promise for promise, tests in promises.items() if not tests} == set()
    assert {test for tests in promises.values() for test in tests if not (ROOT / test).is_file()} == set()
