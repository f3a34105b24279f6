"""Write the reference pages that follow from the program: every command's --help, and the schema's JSON Schema.

python docs/reference/generate.py            writes cli.md and schema.md beside this file
python docs/reference/generate.py --check    exits with 1 if one of them is not current
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
os.environ |= {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}  # before Typer asks how wide the page is


def cli() -> str:
    """Return a page with the help of every command, as the program prints it."""
    import typer

    from toolkit.cli.app import app

    parts = [
        "# The command line\n",
        "Generated from the program. Exit codes: 0 ok, 1 error, 2 usage, 3 invalid input or settings, 4 a quality gate "
        "failed, 5 a server failed, 6 partly done, run again to resume.\n",
    ]
    root = typer.main.get_command(app)
    for context in _contexts(root, root.make_context("toolkit", [], resilient_parsing=True)):
        text = "\n".join(line.rstrip() for line in context.get_help().strip().splitlines())
        parts.append(f"## {context.command_path}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _contexts(command: Any, context: Any) -> Iterator[Any]:
    """Yield the context of every command that does something, in the order of the help."""
    inner = getattr(command, "commands", {})
    if not inner:
        yield context
    for word, found in inner.items():
        yield from _contexts(found, found.make_context(word, [], parent=context, resilient_parsing=True))


def schema() -> str:
    """Return a page with the fields of a schema's YAML, from its JSON Schema."""
    from toolkit.schema import json_schema

    document = json.loads(json_schema())
    parts = [
        "# The fields of a schema\n",
        "Generated from `schemas/schema.json`, the JSON Schema that editors read. How to write one: "
        "[a schema of your own](../how-to/schema.md).\n",
        _table("Schema", document),
    ]
    parts += [_table(name, definition) for name, definition in sorted(document["$defs"].items())]
    return "\n".join(parts)


def _table(name: str, definition: dict[str, Any]) -> str:
    required = set(definition.get("required", ()))
    lines = [f"## {name}\n", definition.get("description", "") + "\n", "| field | type | |", "|---|---|---|"]
    for field, entry in definition.get("properties", {}).items():
        star = " *" if field in required else ""
        lines.append(f"| `{field}`{star} | {_type(entry)} | {_cell(entry.get('description', ''))} |")
    return "\n".join(lines) + ("\n\n\\* has to be there\n" if required else "\n")


def _type(entry: dict[str, Any]) -> str:
    if "$ref" in entry:
        name = entry["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in entry:
        return " or ".join(_type(part) for part in entry["anyOf"])
    if "enum" in entry:
        return ", ".join(f"`{value}`" for value in entry["enum"])
    if entry.get("type") == "array" and "items" in entry:
        return f"list of {_type(entry['items'])}"
    return _cell(f"{entry.get('type', 'any')}" + (f" like `{entry['pattern']}`" if "pattern" in entry else ""))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the pages, or say which is not current."""
    stale = []
    for name, text in (("cli.md", cli()), ("schema.md", schema())):
        path = HERE / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        sys.stderr.write(f"docs/reference: {', '.join(stale)}: not current; run scripts/docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
