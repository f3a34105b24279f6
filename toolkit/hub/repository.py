"""Repositories of the Hub, for datasets and models alike: names, one commit with everything, tags, errors, fetching."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from toolkit.errors import AccessDenied, RemoteError, UsageError
from toolkit.release import Release, load

if TYPE_CHECKING:
    from huggingface_hub import HfApi


_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_AGAIN = "run the same command again: it continues where it stopped"


def checked_name(repo: str) -> str:
    """Return a repository's name if it is "owner/name"; without an owner, the Hub would add that of the token.

    Raises:
        UsageError: It is not.
    """
    if _NAME.fullmatch(repo) is None:
        raise UsageError("is not a name that a repository can have", where=repo, remedy="write owner/name")
    return repo


def make_repo(api: HfApi, repo: str, kind: Literal["dataset", "model"], *, private: bool) -> None:
    """Make the repository unless it is there.

    Raises:
        AccessDenied: It is to be private, and exists already as a public one.
    """
    api.create_repo(repo, repo_type=kind, private=private, exist_ok=True)
    if private and not api.repo_info(repo, repo_type=kind).private:
        remedy = "make it private in its settings, take another --repo, or leave out --private"
        raise AccessDenied("is there already, and public: nothing was uploaded", where=repo, remedy=remedy)


@contextmanager
def hub_errors(where: str, *, missing: str = "check the name") -> Iterator[None]:
    """Turn the client's errors into one sentence with a remedy; the cause is kept.

    Args:
        where: The repository.
        missing: The remedy if it does not exist.
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
    except ValueError as error:  # how the client tells what the Hub has against the card
        if "metadata" not in str(error):
            raise
        raise RemoteError(
            f"the Hub does not take the card: {' '.join(str(error).split())[:300]}", where=where
        ) from error
    except RuntimeError as error:  # how the client reports that one of its upload threads failed
        raise RemoteError(f"an upload failed ({error.__cause__ or error})", where=where, remedy=_AGAIN) from error


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the client's progress bars off a stderr that is not a terminal."""
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


Kind = Literal["dataset", "model"]

_ATTEMPTS = 5  # if somebody else committed between our look and our commit, look again


def tags(api: HfApi, repo: str, kind: Kind) -> dict[str, str]:
    """Return tag → commit."""
    return {ref.name: ref.target_commit for ref in api.list_repo_refs(repo, repo_type=kind).tags}


def commit(
    api: HfApi, repo: str, kind: Kind, operations: Callable[[str | None], list[Any]], *, title: str, tag: str
) -> str:
    """Bring everything into the repository in one commit and return the commit.

    Args:
        api: The Hub.
        repo: "owner/name".
        kind: "dataset" or "model".
        operations: The head of main → the operations of the commit; called again if somebody else committed meanwhile.
        title: Of the commit.
        tag: The tag that is to be published, for the message.

    Raises:
        RemoteError: Others committed every time.
    """
    from huggingface_hub.errors import HfHubHTTPError

    for _ in range(_ATTEMPTS):
        head = api.repo_info(repo, repo_type=kind, revision="main").sha
        wanted = operations(head)
        try:
            made = api.create_commit(
                repo, wanted, commit_message=title, repo_type=kind, revision="main", parent_commit=head
            )
        except HfHubHTTPError as error:
            if error.response.status_code != 412:
                raise
            continue
        return str(made.oid)
    raise RemoteError(f"others commit all the time; {tag} was not published", where=repo, remedy="try again later")


def fetch(
    repo: str,
    revision: str,
    *,
    token: str | None = None,
    endpoint: str | None = None,
    directory: Path | None = None,
) -> Release:
    """Download a release and check every file against its manifest.

    Args:
        repo: "owner/name".
        revision: Tag ("v1.2.0"), branch or commit.
        token: Read access, None for the one that the client finds.
        endpoint: The Hub, None for the public one (or HF_ENDPOINT).
        directory: Where to put it; by default the client's cache, which downloads nothing twice.

    Raises:
        UsageError: The name is not "owner/name".
        AccessDenied: The repository is private and the token does not open it.
        RemoteError: There is no such repository or revision, or the connection was lost.
        InvalidInput: The repository does not hold a release, or it is damaged.
    """
    from huggingface_hub import snapshot_download

    with hub_errors(f"{checked_name(repo)}@{revision}"), quietly():
        folder = snapshot_download(
            repo,
            repo_type="dataset",
            revision=revision,
            token=token,
            endpoint=endpoint,
            local_dir=directory,
            ignore_patterns=[".gitattributes"],
        )
    release = load(folder)
    release.verify()
    return release
