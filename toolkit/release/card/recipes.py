"""The recipes on a card: lines that load, fine-tune and evaluate, each of which the tests run on a release.

A recipe is Python; `{load}` stands for the arguments of `load_dataset`, `{folder}` for where the files are.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from toolkit.release.card.facts import Facts

_OF_LABELS: Final = ("scikit_learn", "transformers_labels", "setfit")
_OF_SPANS: Final = ("transformers_tokens", "spacy")
_OF_TABLES: Final = ("pandas", "duckdb")

_TITLES: Final = {
    "scikit_learn": "scikit-learn: several labels a sentence",
    "transformers_labels": "transformers: several labels a sentence",
    "setfit": "SetFit: several labels from few sentences",
    "transformers_tokens": "transformers: token classification",
    "spacy": "spaCy: spans, which may overlap",
    "pandas": "pandas: every answer beside what was decided",
    "duckdb": "DuckDB: SQL over the files",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Lines of Python under a title."""

    name: str
    title: str
    code: str


def recipes(facts: Facts) -> list[Recipe]:
    """Return the recipes that a release can follow: those that need words only where it has them."""
    if not facts.terms.text.full:
        return []
    wanted = [
        *(_OF_LABELS if facts.schema.labels else ()),
        *(_OF_SPANS if "spans" in facts.tables else ()),
        *_OF_TABLES,
    ]
    if "train" not in facts.tables["default"] or "test" not in facts.tables["default"]:
        wanted = list(_OF_TABLES)
    terms = facts.terms
    load = f'"{terms.repo}", revision="v{terms.version}"' if terms.repo else '"path/to/this/directory"'
    folder = f"hf://datasets/{terms.repo}@v{terms.version}" if terms.repo else "path/to/this/directory"
    folder_of = files("toolkit.release.card").joinpath("recipe")
    texts = {name: folder_of.joinpath(f"{name}.py.txt").read_text(encoding="utf-8") for name in wanted}
    return [
        Recipe(name, _TITLES[name], text.replace("{load}", load).replace("{folder}", folder))
        for name, text in texts.items()
    ]
