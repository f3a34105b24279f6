"""Commands as Typer has them, with three rules for all: help in groups, URLs refused as paths, and words for Ctrl+C."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import typer
from typer.core import TyperCommand, TyperGroup

from toolkit.errors import Interrupted, UsageError

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/+")  # a Path has made one slash of two; C:/ is a drive


class LocalCommand(TyperCommand):
    """A command whose paths are of this machine, and which says what is safe when it is stopped."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the command line.

        Raises:
            UsageError: A path is a URL of another machine.
        """
        rest = super().parse_args(ctx, args)
        names = {parameter.name: max(parameter.opts, key=len) for parameter in self.params}
        for name, value in ctx.params.items():
            if isinstance(value, (list, tuple)):
                ctx.params[name] = type(value)(_local(each, names[name]) for each in value)
            else:
                ctx.params[name] = _local(value, names[name])
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises:
            Interrupted: It was stopped with Ctrl+C.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted(
                "stopped with Ctrl+C; every file is whole, either as it was or finished",
                remedy="run the same command again: it does what is left",
            ) from None


def _local(value: Any, name: str) -> Any:
    """Return a value as it is, and a path that was given as file:/// as a path.

    Raises:
        UsageError: It is a path that was given as another URL.
    """
    found = _URL.match(str(value)) if isinstance(value, Path) else None
    if found is None:
        return value
    if found["scheme"].lower() == "file":
        return Path("/" + unquote(str(value)[found.end() :].removeprefix("localhost/")))
    raise UsageError(
        f"{name if name.startswith('-') else name.upper()} is a path on this machine, and "
        f"{found['scheme']}:// is a URL; nothing was written",
        remedy="give a local path and copy it there afterwards; `store` of toolkit.yaml takes URLs",
    )


class CommandGroup(TyperGroup):
    """The commands of the program, listed in groups with one line each."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the groups in the order in which they were made."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            panel = getattr(command, "rich_help_panel", None)
            title = panel if isinstance(panel, str) else "Commands"
            groups.setdefault(title, []).append((name, command.get_short_help_str(_WIDTH)))
        width = max(len(name) for name in self.commands)
        for title, rows in groups.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), line) for name, line in rows])


_WIDTH = 100  # characters of a line that are not cut; a narrow terminal wraps


class CommandApp(typer.Typer):
    """A Typer application whose commands are `LocalCommand`s."""

    def command(self, name: str | None = None, **how: Any) -> Callable[[Any], Any]:
        """Register a command, see `typer.Typer.command`."""
        return super().command(name, **{"cls": LocalCommand, **how})
