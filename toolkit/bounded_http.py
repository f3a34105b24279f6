"""HTTP connections on which every answer has an end, in seconds and in bytes.

A timeout of httpx is one of silence: a server that sends a byte a second never meets it. So a clock runs beside each
request, from its first byte to the last of its answer, and cuts the connections when it is up. Bytes are counted as
they come out of their compression.
"""

from __future__ import annotations

import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

import httpx

from toolkit.limits import Limits

MOST_BYTES = "toolkit.most_bytes"
"""The extension of a request that says how many bytes its answer may have, where these are not the usual ones."""

_OPENED = ("connect_tcp.complete", "start_tls.complete")


class Endless(httpx.TransportError):
    """An answer that has no end: it took too long, was too large, or can't be unpacked."""


class BoundedHttp(httpx.Client):
    """An httpx client whose answers end. Args: as httpx's own, without `event_hooks`."""

    def __init__(self, **options: Any) -> None:
        hooks: Mapping[str, list[Any]] = {"request": [self._watch], "response": [self._bound]}
        super().__init__(event_hooks=hooks, **options)
        self.headers["Accept-Encoding"] = "gzip, deflate"
        self._sockets: WeakSet[socket.socket] = WeakSet()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut whatever the block sends and receives when its time is up.

        Raises:
            Endless: It was.
        """
        over, late = threading.Event(), f"no whole answer came within {seconds:g} seconds"

        def cut() -> None:
            over.set()
            for each in list(self._sockets):
                with suppress(OSError):  # closed meanwhile
                    each.shutdown(socket.SHUT_RDWR)

        clock = threading.Timer(seconds, cut)
        clock.daemon = True
        clock.start()
        try:
            yield
        except Endless:
            raise
        except httpx.TransportError as error:
            if over.is_set():
                raise Endless(late) from error
            raise
        else:
            if over.is_set():  # an answer without a length ends well when it is cut
                raise Endless(late)
        finally:
            clock.cancel()

    def _watch(self, request: httpx.Request) -> None:
        """Ask to be told of each connection that the request opens."""
        request.extensions["trace"] = self._opened

    def _opened(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_OPENED):
            self._sockets.add(info["return_value"].get_extra_info("socket"))

    def _bound(self, response: httpx.Response) -> None:
        """Unpack and count what comes, in httpx's place."""
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "deflate"):
            raise Endless(f"the answer is compressed as {coding[:40]!r}, which nobody asked for")
        response.headers.pop("content-encoding", None)
        most = response.request.extensions.get(MOST_BYTES, Limits.here().answer_bytes)
        response.stream = _Counted(response.stream, coding, most)


class _Counted(httpx.SyncByteStream):
    """The bytes of an answer, unpacked, up to a bound."""

    def __init__(self, packed: Any, coding: str, most: int) -> None:
        self._packed, self._coding, self._left, self._most = packed, coding, most, most

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._packed if self._coding == "identity" else self._unpacked():
            self._left -= len(piece)
            if self._left < 0:
                raise Endless(f"the answer has more than {self._most:,} bytes")
            yield piece

    def _unpacked(self) -> Iterator[bytes]:
        inflated = zlib.decompressobj(zlib.MAX_WBITS | 32 if self._coding == "gzip" else zlib.MAX_WBITS)
        try:
            for packed in self._packed:
                while packed:
                    yield inflated.decompress(packed, _PIECE)
                    packed = inflated.unconsumed_tail
            yield inflated.flush()
        except zlib.error as error:
            raise Endless(f"the answer can't be unpacked ({error})") from error

    def close(self) -> None:
        self._packed.close()


_PIECE = 1 << 20
