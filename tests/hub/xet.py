"""The Xet storage of the stand-in: a folder that the real hf_xet writes chunks to and reads them from.

A token whose address is "local:///folder" makes hf_xet use that folder in place of a server (not documented, so the
test that uses it says loudly if it does not hold any more). Which file a sha256 stands for is read from the shards
that hf_xet leaves there: 48 bytes a record, hashes as four little-endian words
(https://huggingface.co/docs/xet/shard).
"""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

_END = b"\xff" * 32
_HAS_VERIFICATION, _HAS_SHA256 = 1 << 31, 1 << 30


class Xet:
    """A folder of chunks.

    Args:
        folder: Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.token = {"casUrl": f"local://{folder}", "accessToken": "xet", "exp": 99_999_999_999}
        self.headers = {
            "X-Xet-Cas-Url": f"local://{folder}",
            "X-Xet-Access-Token": "xet",
            "X-Xet-Token-Expiration": "99999999999",
        }

    def find(self, sha256: str) -> tuple[str, int] | None:
        """Return the Xet hash and the size of the file with this sha256, if it was uploaded."""
        for shard in sorted(self._folder.rglob("shards/*.mdb")):
            if (found := _files(shard.read_bytes()).get(sha256)) is not None:
                return found
        return None

    def read(self, file_hash: str, size: int) -> bytes:
        """Put a file together again out of its chunks, as a reader's client does."""
        from hf_xet import XetFileInfo, XetSession

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "file")
            with XetSession().new_file_download_group(
                endpoint=self.token["casUrl"], token="xet", token_expiry_unix_secs=self.token["exp"]
            ) as group:
                group.start_download_file(XetFileInfo(file_hash, size), str(path))
            return path.read_bytes()


def _files(shard: bytes) -> dict[str, tuple[str, int]]:
    """Return sha256 → (Xet hash, size) of the files that a shard names."""
    found: dict[str, tuple[str, int]] = {}
    at = 48
    while shard[at : at + 32] != _END:
        file_hash = _hex(shard[at : at + 32])
        flags, segments = struct.unpack("<II", shard[at + 32 : at + 40])
        at += 48
        size = sum(struct.unpack("<I", shard[at + 48 * n + 36 : at + 48 * n + 40])[0] for n in range(segments))
        at += 48 * segments * (2 if flags & _HAS_VERIFICATION else 1)
        if flags & _HAS_SHA256:
            found[_hex(shard[at : at + 32])] = file_hash, size
            at += 48
    return found


def _hex(raw: bytes) -> str:
    return "".join(f"{word:016x}" for word in struct.unpack("<4Q", raw))
