"""A repository to write to, and the errors of the Hub's client in this project's words."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from toolkit.errors import AccessDenied, RemoteError, UsageError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_AGAIN = "run the same command again: it takes up where it stopped"


def checked_name(repo: str) -> str:
    """Return a repository's name if it is "owner/name": without an owner, the Hub would make one of the token's user.

    Raises:
        UsageError: It is not.
    """
    if _NAME.fullmatch(repo) is None:
        raise UsageError("is not a name that a repository can have", where=repo, remedy="write owner/name")
    return repo


def make_repo(api: HfApi, repo: str, kind: Literal["dataset", "model"], *, private: bool) -> None:
    """Make the repository unless it is there.

    Raises:
        AccessDenied: It shall be private and is there already, for everybody to read.
    """
    api.create_repo(repo, repo_type=kind, private=private, exist_ok=True)
    if private and not api.repo_info(repo, repo_type=kind).private:
        remedy = "make it private in its settings, take another --repo, or leave out --private"
        raise AccessDenied("is there already, and public: nothing was uploaded", where=repo, remedy=remedy)


@contextmanager
def hub_errors(where: str, *, missing: str = "check the name") -> Iterator[None]:
    """Turn what the client raises into one sentence with a remedy, the cause kept.

    Args:
        where: The repository that is worked on.
        missing: The remedy where it is not there.
    """
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        LocalTokenNotFoundError,
    )

    # requests', httpx' or httpx2's, by the client's version
    transport_error: type[BaseException] = HfHubHTTPError.__bases__[0]
    try:
        yield
    except LocalTokenNotFoundError as error:
        raise AccessDenied("there is no token", where=where, remedy=_TOKEN) from error
    except HFValidationError as error:
        raise RemoteError("is not a name that a repository can have", where=where, remedy="write owner/name") from error
    except LocalEntryNotFoundError as error:  # and the client's cache does not have it either
        raise RemoteError("the Hub can't be reached", where=where, remedy=_AGAIN) from error
    except HfHubHTTPError as error:
        raise _translated(error, where, missing) from error
    except (transport_error, ConnectionError, TimeoutError) as error:
        raise RemoteError(f"the connection was lost ({type(error).__name__})", where=where, remedy=_AGAIN) from error
    except RuntimeError as error:  # how the client reports that one of its upload threads failed
        raise RemoteError(f"an upload failed ({error.__cause__ or error})", where=where, remedy=_AGAIN) from error


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the client's progress bars from a stderr that is no terminal."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if sys.stderr.isatty() or are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()


_TOKEN = "set HF_TOKEN to a token with write access, from the Hub's settings"  # noqa: S105  # a remedy, no secret


def _translated(error: Exception, where: str, missing: str) -> RemoteError:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if status == 401:
        return AccessDenied("the Hub does not accept the token, or there is none", where=where, remedy=_TOKEN)
    if status == 403:
        remedy = "take a token with write access, or ask the owner for the right to write"
        return AccessDenied("the token may not write here", where=where, remedy=remedy)
    if status == 404:
        return RemoteError("there is no such repository or revision", where=where, remedy=missing)
    if status is not None and status >= 500:
        return RemoteError(f"the Hub failed with status {status}", where=where, remedy=_AGAIN)
    message = getattr(error, "server_message", None) or str(error).splitlines()[0]
    return RemoteError(f"the Hub refused with status {status}: {message}", where=where, remedy=_AGAIN)
