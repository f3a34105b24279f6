"""From raw news pages to a versioned Hugging Face dataset, with people's judgement in between.

`Project` is the front door: its methods are the verbs of the command line. `load_release` and `load_model` open what
was made; `diff` compares two releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.version import __version__

if TYPE_CHECKING:
    from toolkit.api.facade import Project
    from toolkit.api.references import diff, load_model, load_release

__all__ = ["Project", "__version__", "diff", "load_model", "load_release"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from toolkit.api import facade, references

    return getattr(facade if name == "Project" else references, name)


def __dir__() -> list[str]:
    return sorted(__all__)
