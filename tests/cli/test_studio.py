"""A browser is opened only where somebody sits before one."""

from __future__ import annotations

import sys

import pytest

from toolkit.cli.studio import has_display


@pytest.mark.parametrize(
    ("terminal", "environment", "platform", "shown"),
    [
        (True, {"DISPLAY": ":0"}, "linux", True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        (True, {}, "linux", False),
        (True, {}, "darwin", True),
        (True, {"DISPLAY": ":0", "CI": "true"}, "linux", False),
        (True, {"DISPLAY": ":0", "SSH_CONNECTION": "a b"}, "linux", False),
        (False, {"DISPLAY": ":0"}, "linux", False),
    ],
)
def test_a_page_is_opened_where_there_is_a_display(
    terminal: bool, environment: dict[str, str], platform: str, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert has_display(environment, platform) is shown
