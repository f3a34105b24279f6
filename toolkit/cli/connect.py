"""The server that a command speaks with; where no token is named, a person at a terminal is asked for one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from toolkit.api.facade import Project

if TYPE_CHECKING:
    from toolkit.labelstudio import Server


@contextmanager
def connected(project: Project) -> Iterator[Server]:
    """Connect to the project's server for the length of a block.

    Raises:
        NoToken: No token is named, and nobody is there to be asked.
        InvalidConfig: There is no address.
    """
    from toolkit.labelstudio import connect
    from toolkit.labelstudio.client.tokens import NoToken

    try:
        server = connect(project.workspace)
    except NoToken as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        address = project.config.label_studio.url
        token = typer.prompt(f"{error.what}\ntoken for {address}", hide_input=True, err=True)
        server = connect(project.workspace, token=token)
    with server:
        yield server
