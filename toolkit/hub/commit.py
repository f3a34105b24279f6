"""One commit that holds everything, and the tags of a repository, for datasets and models alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from toolkit.errors import RemoteError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Kind = Literal["dataset", "model"]

_ATTEMPTS = 5  # somebody else committed between our look and our commit: look again


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
        kind: What the repository is.
        operations: The head of main → what turns it into what is wanted; asked anew if somebody else committed.
        title: Of the commit.
        tag: What is to be published, for the message.

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
    raise RemoteError(f"somebody commits all the time; {tag} was not published", where=repo, remedy="try again later")
