"""Write what a default installation of the wheel consists of, with licences, as CycloneDX 1.6 (https://cyclonedx.org).

    python scripts/sbom.py FILE      # what is installed in this environment; scripts/release writes dist/….cdx.json

A licence that asks for ours, as GPL and AGPL do, ends it with exit code 1.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from toolkit.version import DISTRIBUTION, __version__

COPYLEFT = re.compile(r"\b(?:A?GPL|GNU (?:Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|GNU Lesser|GNU Library", re.IGNORECASE)
UNSAID = {"label-studio-sdk": "Apache-2.0"}
"""Distributions whose metadata say nothing; their repositories do."""


def normal(name: str) -> str:
    """Return the name of a distribution as an index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needs() -> dict[str, set[str]]:
    """Return distribution → what it needs, for all that the default installation brings along, itself included."""
    found: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(DISTRIBUTION, "")]
    while waiting:
        name, extra = waiting.pop()
        own = found.setdefault(name, set())
        for wanted in map(Requirement, metadata.requires(name) or ()):
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                own.add(normal(wanted.name))
                new = {(normal(wanted.name), each) for each in ("", *wanted.extras)} - seen
                seen |= new
                waiting += sorted(new)
    return found


def licence_of(name: str) -> str:
    """Return all that a distribution says of its licence, in short: expression, classifiers, and the field of old."""
    about = metadata.metadata(name)
    classifiers = [each for each in about.get_all("Classifier") or () if each.startswith("License")]
    said = [about.get("License-Expression"), *classifiers, (about.get("License") or "").split("\n")[0][:80]]
    return "; ".join(dict.fromkeys(filter(None, said))) or UNSAID.get(name, "")


def asks_for_ours(licence: str) -> bool:
    """Tell whether a licence wants the work that uses it under the same; one of several that are offered does not."""
    return COPYLEFT.search(LESSER.sub("", licence)) is not None and " OR " not in licence


def bill() -> dict[str, Any]:
    """Return the bill of materials; the same environment gives the same bill."""
    held = needs()
    components = [_component(name) for name in sorted(held) if name != DISTRIBUTION]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**_component(DISTRIBUTION), "type": "application"}},
        "components": components,
        "dependencies": [
            {"ref": _reference(name), "dependsOn": sorted(map(_reference, held[name]))} for name in sorted(held)
        ],
    }


def _version(name: str) -> str:
    return (
        __version__ if name == DISTRIBUTION else metadata.version(name)
    )  # ours is that of the tree, as the wheel's is


def _reference(name: str) -> str:
    return f"pkg:pypi/{name}@{_version(name)}"


def _component(name: str) -> dict[str, Any]:
    expression = metadata.metadata(name).get("License-Expression")
    licence = {"expression": expression} if expression else {"license": {"name": licence_of(name)}}
    reference = _reference(name)
    return {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": _version(name),
        "purl": reference,
        "licenses": [licence],
    }


def main() -> None:
    """Write the bill into the file that the first argument names."""
    refused = {name: licence for name in sorted(needs()) if asks_for_ours(licence := licence_of(name))}
    if refused:
        sys.exit("\n".join(f"{name}: {licence}" for name, licence in refused.items()))
    made = bill()
    Path(sys.argv[1]).write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{sys.argv[1]}: {len(made['components'])} libraries")


if __name__ == "__main__":
    main()
