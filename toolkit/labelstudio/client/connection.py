"""The server that a project labels on, and the token for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from toolkit.errors import InvalidConfig
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.tokens import NoToken
from toolkit.labelstudio.server import embedded
from toolkit.project import Workspace


def connect(workspace: Workspace, *, url: str | None = None, token: str | None = None) -> Server:
    """Return the server that a project labels on.

    Address and token come from the arguments, else from the environment and toolkit.yaml; where no address is
    named at all, the embedded server is taken if it runs.

    Raises:
        NoToken: No token is named.
        InvalidConfig: There is no address.
        RemoteError: The embedded server's users are in PostgreSQL, which can't be used.
    """
    settings = workspace.config.label_studio
    address = url or settings.url
    if address is not None:
        token = token or os.environ.get(settings.token_variable)
    running = embedded.status()
    if running is not None and (address is None or address.rstrip("/") == running.url):
        address = running.url
        token = token or running.token or embedded.token_in_postgres()
    if address is None:
        raise InvalidConfig(
            "no Label Studio server is named",
            where=f"{workspace.root / 'toolkit.yaml'}: label_studio.url",
            remedy="start one with `toolkit studio start`, or set LABEL_STUDIO_URL",
        )
    token = token or os.environ.get(settings.token_variable)
    if not token:
        raise NoToken(
            f"the environment variable {settings.token_variable} holds no token for {address}",
            remedy=f"copy a token from Account & Settings in Label Studio, then `export {settings.token_variable}=…`",
        )
    return Server(address, token, variable=settings.token_variable)


@contextmanager
def connected(workspace: Workspace, server: Server | None) -> Iterator[Server]:
    """Use the server that is given, or connect to the workspace's own for the length of a block."""
    if server is not None:
        yield server
    else:
        with connect(workspace) as own:
            yield own
