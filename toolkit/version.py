"""The version of this package, and the name under which an index knows it."""

__version__ = "0.2.0"

DISTRIBUTION = "annotation-dataset-toolkit"
"""What pip installs; the package to import and the command are called `toolkit`."""


def install_command(extra: str = "", *, upgrade: bool = False) -> str:
    """Return the command that installs this package, as a remedy tells it.

    Args:
        extra: An optional part, such as "embeddings".
        upgrade: Bring an older installation up to date.

    Example:
        >>> install_command("spacy")
        "pip install 'annotation-dataset-toolkit[spacy]'"
        >>> install_command(upgrade=True)
        'pip install --upgrade annotation-dataset-toolkit'
    """
    wanted = f"'{DISTRIBUTION}[{extra}]'" if extra else DISTRIBUTION
    return f"pip install {'--upgrade ' if upgrade else ''}{wanted}"


def add_command(extra: str) -> str:
    """Return the command that adds an optional part to this very installation, as a remedy tells it.

    An installation from a checkout is made again from there, by the tool that made it: uv's environments have no pip,
    and a tool of uv is made anew as a whole.

    Args:
        extra: The optional part, such as "documents".
    """
    import json
    import shlex
    import sys
    from importlib.metadata import PackageNotFoundError, distribution
    from importlib.util import find_spec
    from pathlib import Path
    from urllib.parse import unquote, urlsplit

    try:
        found = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return install_command(extra)
    place = urlsplit(json.loads(found.read_text("direct_url.json") or "{}").get("url", ""))
    folder = unquote(place.path) if place.scheme == "file" else ""
    wanted = shlex.quote(f"{folder if folder and Path(folder).is_dir() else DISTRIBUTION}[{extra}]")
    if Path(sys.prefix, "uv-receipt.toml").is_file():
        return f"uv tool install --force {wanted}"
    return f"{'pip' if find_spec('pip') else 'uv pip'} install {wanted}"
