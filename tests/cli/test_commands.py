"""Promises that hold for every command."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

import pytest
import typer

from toolkit.cli.app import app


def commands(group: typer.Typer, prefix: str = "toolkit") -> Iterator[tuple[str, object]]:
    tree = typer.main.get_command(group)
    pending = [(prefix, tree)]
    while pending:
        name, node = pending.pop()
        inner = getattr(node, "commands", None)
        if inner is None:
            yield name, node
        else:
            pending += [(f"{name} {word}", command) for word, command in sorted(inner.items())]


COMMANDS = dict(commands(app))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_takes_project_and_json_and_shows_an_example(name: str) -> None:
    command = COMMANDS[name]
    options = {option for parameter in command.params for option in parameter.opts}  # type: ignore[attr-defined]
    assert {"--project", "--json"} <= options
    assert f"Example: {name}" in command.help  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_comes_next(name: str) -> None:
    callback = COMMANDS[name].callback  # type: ignore[attr-defined]
    written = inspect.getsource(callback)
    helpers = [value for key, value in vars(sys.modules[callback.__module__]).items() if f"{key}(" in written]
    own = [
        inspect.getsource(helper) for helper in helpers if inspect.isfunction(helper) and helper.__name__ != "say_next"
    ]
    assert "say_next(" in "".join([written, *own]), f"{name} ends without a next step"


def test_the_promised_commands_are_there() -> None:
    promised = (
        "init ingest segment push pull status agreement adjudicate build diff audit-leakage export publish hydrate"
    )
    promised += " trace verify train evaluate predict"
    assert {f"toolkit {word}" for word in promised.split()} <= set(COMMANDS)
    assert {"toolkit schema check", "toolkit schema render", "toolkit schema diff"} <= set(COMMANDS)
    assert {"toolkit studio start", "toolkit studio stop", "toolkit studio status"} <= set(COMMANDS)
