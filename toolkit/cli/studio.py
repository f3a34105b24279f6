"""`toolkit studio …`: a Label Studio server of your own on this machine."""

from __future__ import annotations

import os
import shlex
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.command_group import CommandApp
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import put, put_counts, put_json, say, say_next
from toolkit.errors import InvalidInput

app = CommandApp(
    name="studio", help="A Label Studio server of your own: loopback, SQLite, no telemetry.", no_args_is_help=True
)

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The server's data; default: in the user's cache."),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        envvar="TOOLKIT_STUDIO_DATABASE_URL",
        metavar="URL",
        help="PostgreSQL for teams (the variable keeps its password from the list of processes); default: SQLite.",
    ),
]


@app.command()
def start(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="Default: a free port, the same as last time if it can be.")] = None,
    database_url: DatabaseUrl = None,
    local_backends: Annotated[
        bool, typer.Option("--local-backends", help="Let it ask a `toolkit serve` on this machine for suggestions.")
    ] = False,
    open_page: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open its page in a browser; default: at a terminal with a display."),
    ] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Start the server, installing it first if need be, and open its page in a browser.

    The other commands find it by themselves. In a pipe its address and token are printed as variables, for programs.

    Example: toolkit studio start
    """
    from toolkit.labelstudio.server import embedded

    say("starting Label Studio (the first time it is installed, which takes a minute or two) …")
    server = embedded.start(data=data, port=port, database_url=database_url, local_backends=local_backends, told=say)
    say(f"Label Studio {server.version} at {server.url}, log in as {server.email}")
    if server.password is not None:
        say(f"password {server.password} (shown this once)")
    if as_json:
        put_json(server)
    elif not sys.stdout.isatty():
        put(f"export LABEL_STUDIO_URL={shlex.quote(server.url)}")
        if server.token is not None:
            put(f"export LABEL_STUDIO_API_KEY={shlex.quote(server.token)}")
    if server.token is None:
        say(f"copy a token from Account & Settings at {server.url}, then `export LABEL_STUDIO_API_KEY=…`")
    if has_display() if open_page is None else open_page:
        webbrowser.open(server.url)
    say_next("`toolkit push` in a project sends its sentences")


def has_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Tell whether somebody sits before a browser: a terminal, a display, no CI, no remote shell."""
    if environment.get("CI") or environment.get("SSH_CONNECTION") or not sys.stdout.isatty():
        return False
    return platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


@app.command()
def stop(data: Data = None, project: ProjectDir = None, as_json: Json = False) -> None:
    """Stop the server of this data directory, and no other.

    Example: toolkit studio stop
    """
    from toolkit.labelstudio.server import embedded

    stopped = embedded.stop(data=data)
    if as_json:
        put_json({"stopped": stopped})
    say("stopped" if stopped else "it was not running")
    say_next("`toolkit studio start` starts it again, with all that was labelled")


@app.command()
def status(data: Data = None, project: ProjectDir = None, as_json: Json = False) -> None:
    """Show whether the server runs, and where.

    Example: toolkit studio status
    """
    from toolkit.labelstudio.server import embedded

    server = embedded.status(data=data)
    if as_json:
        put_json({"running": server is not None, "url": server and server.url, "pid": server and server.pid})
    else:
        put(f"runs at {server.url}, process {server.pid}" if server else "does not run")
    say_next("`toolkit push` sends sentences to it" if server else "`toolkit studio start`")


@app.command()
def password(
    data: Data = None, database_url: DatabaseUrl = None, project: ProjectDir = None, as_json: Json = False
) -> None:
    """Make a new password for the server's user and show it once.

    Example: toolkit studio password
    """
    from toolkit.labelstudio.server import embedded

    server = embedded.status(data=data)
    if server is None:
        raise InvalidInput("the server does not run", remedy="run `toolkit studio start`")
    fresh = embedded.reset_password(server, database_url)
    if as_json:
        put_json({"url": server.url, "email": server.email, "password": fresh})
    else:
        put(f"log in at    {server.url}\nemail        {server.email}\npassword     {fresh}")
    say_next("log in there with it; it is shown this once")


@app.command()
def replay(
    answers: Annotated[
        Path | None, typer.Argument(help="Recorded answers, JSON lines; default: those shipped with the sample pages.")
    ] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Let recorded annotators answer through the server's API (for demonstrations and tests).

    Example: toolkit studio replay answers.jsonl
    """
    from toolkit import samples
    from toolkit.labelstudio import replay as let_answer
    from toolkit.project import Workspace

    result = let_answer(Workspace.find(project), answers or samples.answers())
    up_to_date = not result.counts.get("answered")
    if as_json:
        put_json({"stage": "replay", "counts": result.counts, "up_to_date": up_to_date})
    else:
        put_counts("replay", result.counts, up_to_date=up_to_date)
    say_next("`toolkit pull`")
