"""The code blocks of a page, as one bash program.

A page is a session in one directory, in the order in which it is read:

    ```console             lines with "$ " are run, "> " continues one; the others have to be among what is printed,
                           where "…" stands for anything
    ```python              is run
    ```yaml title="FILE"   becomes that file

A block of another kind fails the tests, except `text`, which shows what is not a command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r'^( *)```(\w*)(?: title="([^"]+)")?\n(.*?)^\1```$', flags=re.MULTILINE | re.DOTALL)
_TIME = re.compile(r"\[[\d.]+ (?:ms|s|min)\]")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the file that it is titled with, and its lines."""

    language: str
    title: str | None
    text: str


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, from top to bottom, without the indentation of the fence."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(match[2], match[3], re.sub(rf"^{match[1]}", "", match[4], flags=re.MULTILINE)) for match in found]


def program(page: Path) -> str:
    """Return the page as a bash program that stops at the first command that fails."""
    parts = ["set -euo pipefail"]
    for block in blocks(page):
        match block.language, block.title:
            case "console", None:
                parts.append("\n".join(line[2:] for line in block.text.splitlines() if line.startswith(("$ ", "> "))))
            case "python", None:
                parts.append(f"python - <<'END_OF_PYTHON'\n{block.text}END_OF_PYTHON")
            case "yaml", str(name):
                parts.append(
                    f"mkdir -p \"$(dirname '{name}')\"\ncat >'{name}' <<'END_OF_FILE'\n{block.text}END_OF_FILE"
                )
            case "text", None:
                pass
            case language, title:
                raise ValueError(f"{page.name}: nothing is known to do with a {language!r} block titled {title!r}")
    return "\n".join(parts) + "\n"


def shown(page: Path) -> list[str]:
    """Return the lines of output that a page shows."""
    consoles = [block.text for block in blocks(page) if block.language == "console"]
    return [
        line for text in consoles for line in text.splitlines() if line.strip() and not line.startswith(("$ ", "> "))
    ]


def missing(lines: list[str], printed: str) -> list[str]:
    """Return the lines that were not printed; white space and times count for nothing."""
    text = _squeezed(printed)
    return [line for line in lines if not re.search(".*".join(map(re.escape, _squeezed(line).split("…"))), text)]


def _squeezed(text: str) -> str:
    return "\n".join(" ".join(_TIME.sub("[…]", line).split()) for line in text.splitlines())
