"""The place of a release: its card, citation and croissant.json name the repository where they are published."""

from __future__ import annotations

import json
import re

import yaml

from toolkit.release import Release
from toolkit.release.card.card import UNPLACED
from toolkit.release.card.croissant import placed as placed_description
from toolkit.release.manifest import json_text

CARD, CITATION, CROISSANT = "README.md", "CITATION.cff", "croissant.json"
PLACED = (CARD, CITATION, CROISSANT)
"""Files that say where the release is."""


def placed(release: Release, repo: str) -> dict[str, bytes]:
    """Return the files that say where a release is, for a repository that it was not built for.

    Args:
        release: The release.
        repo: "owner/name".

    Returns:
        Name → content of the files that change; empty if the release was built for this repository.
    """
    files: dict[str, bytes] = {}
    before = {name: release.read(name) for name in PLACED if name in release.manifest["files"]}
    if CARD in before:
        files[CARD] = _card(before[CARD].decode(), repo, release.version).encode()
    if CITATION in before:
        citation = yaml.safe_load(before[CITATION])
        if citation.get("url") != _home(repo):
            citation["url"] = _home(repo)
            text = yaml.safe_dump(citation, sort_keys=False, allow_unicode=True, width=120)
            files[CITATION] = text.encode()
    if CROISSANT in before:
        files[CROISSANT] = json_text(placed_description(json.loads(before[CROISSANT]), repo, release.version)).encode()
    return {name: content for name, content in files.items() if content != before[name]}


def _home(repo: str) -> str:
    return f"https://huggingface.co/datasets/{repo}"


def _card(text: str, repo: str, version: str) -> str:
    """Return the card with the repository in its examples and its citation."""
    at = f'"{repo}", revision="v{version}"'
    text = text.replace(f'({UNPLACED}, "annotations")', f'("{repo}", "annotations", revision="v{version}")')
    text = text.replace(UNPLACED, at)
    text = text.replace(f"{UNPLACED[1:-1]}/data", f"hf://datasets/{repo}@v{version}/data")
    built_for = re.search(r'load_dataset\("([\w.-]+/[\w.-]+)"', text)
    if built_for and built_for[1] != repo:
        text = text.replace(f'"{built_for[1]}"', f'"{repo}"').replace(f"datasets/{built_for[1]}", f"datasets/{repo}")
    if _home(repo) not in text:
        text = text.replace(
            f"  version = {{{version}}},\n", f"  version = {{{version}}},\n  url = {{{_home(repo)}}},\n", 1
        )
    return text
