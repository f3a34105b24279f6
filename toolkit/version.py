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
