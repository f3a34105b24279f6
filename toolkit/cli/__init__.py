"""The command line: the only package that prints, and the only one that knows exit codes."""

from toolkit.cli.app import main

__all__ = ["main"]
