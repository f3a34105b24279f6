"""A published release, brought here."""

from __future__ import annotations

from pathlib import Path

from toolkit.hub.access import checked_name, hub_errors, quietly
from toolkit.release import Release, load


def fetch(
    repo: str,
    revision: str,
    *,
    token: str | None = None,
    endpoint: str | None = None,
    directory: Path | None = None,
) -> Release:
    """Download a release and hold every file against its manifest.

    Args:
        repo: "owner/name".
        revision: Tag ("v1.2.0"), branch or commit.
        token: Read access, None for the one that the client finds.
        endpoint: The Hub, None for the public one (or HF_ENDPOINT).
        directory: Where to put it; by default the client's cache, which does not download twice.

    Raises:
        UsageError: The name is not "owner/name".
        AccessDenied: The repository is private and the token does not open it.
        RemoteError: There is no such repository or revision, or the connection was lost.
        InvalidInput: What is there is no release, or it is damaged.
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
