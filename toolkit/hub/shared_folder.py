"""A release published into a directory, for those who share one instead of a Hub: `load_dataset` reads it there."""

from __future__ import annotations

import shutil
from pathlib import Path

from toolkit.errors import RemoteError, UsageError
from toolkit.hub.reload_check import check_reload
from toolkit.hub.stage import Published
from toolkit.project.files import staged
from toolkit.records import digest
from toolkit.release import Release, is_pattern, load
from toolkit.release.manifest import NAME


def publish_to(release: Release, directory: Path, *, check: bool = True) -> Published:
    """Copy a release to `directory`/v<version>. Again changes nothing; a killed copy leaves nothing.

    Args:
        release: What to publish; its files are held against its manifest first.
        directory: Where releases are shared; made if it is not there.
        check: Load it afterwards as readers do, and compare every row.

    Returns:
        Where it is; `commit` is the SHA-256 of its manifest.

    Raises:
        UsageError: `datasets` would not find the directory.
        InvalidInput: The release, or the copy that is there, has been changed.
        RemoteError: Another release of that version is there, or readers would get other rows.
    """
    release.verify()
    if is_pattern(directory):
        what = "has one of the signs * ? [ in it, which `datasets` takes for a pattern"
        raise UsageError(what, where=str(directory), remedy="name another directory")
    tag = f"v{release.version}"
    target = directory.absolute() / tag
    changed = not target.exists()
    if changed:
        with staged(target.parent) as stage:
            stage.name(tag)
            for name in (*release.manifest["files"], NAME):
                (stage.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(release.path / name, stage.folder / name)
    copy = load(target)
    if copy.manifest != release.manifest:
        remedy = "build the next version; a published one is never changed"
        raise RemoteError(f"{tag} is there with another content", where=str(directory), remedy=remedy)
    copy.verify()
    if check:
        check_reload(release, str(target), None, token=None, endpoint=None)
    commit = digest((target / NAME).read_bytes())
    return Published(str(directory), tag, commit, target.resolve().as_uri(), changed=changed)
