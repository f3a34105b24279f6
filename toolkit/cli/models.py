"""Commands that train and judge baselines: train, evaluate."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
