"""The layouts of a PDF's pages, as pdfminer makes them, within limits.

A small PDF may hold a stream that unpacks to gigabytes, or draw one line upon itself ten thousand times, which pdfminer
takes hours to put in order. So each stream is measured before it is unpacked, what is drawn is counted by the bytes of
its instructions, as often as they are carried out, and characters that stand upon each other are counted.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, cast

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LAParams, LTChar, LTContainer
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import (
    LITERALS_FLATE_DECODE,
    LITERALS_LZW_DECODE,
    LITERALS_RUNLENGTH_DECODE,
    PDFStream,
    stream_value,
)

from toolkit.errors import InvalidInput

_MOST_UNPACKED = 64 << 20
"""Bytes that one stream may unpack to; pictures are never unpacked."""

_MOST_REPEATING = 1 << 18
"""Bytes of a stream in one of the old encodings whose growth can't be measured beforehand."""

_MOST_DRAWN = 16 << 20
"""Bytes of instructions of all pages, a form counted each time that it is drawn; a page of a report has 10 to 50 kB."""

_FORM = 1000
"""Bytes that carrying out a form counts for beside its own."""

_CELL = 50  # points
_CROWDED = 1000
"""Characters in a square of 50 points from which on they stand upon each other; small type has 400."""

_MOST_CROWDING = 300_000_000
"""Squares of the numbers of characters in crowded cells, of all pages together."""


def bounded_layouts(stream: BinaryIO, source: str) -> Iterator[Any]:
    """Yield pdfminer's layout of each page.

    Args:
        stream: A PDF, open for reading bytes; it can be rewound.
        source: Its name, for messages.

    Raises:
        InvalidInput: It unpacks to more than the limits, or draws more. Other faults are pdfminer's own.
    """
    tally = _Tally(source)
    document = PDFDocument(_Parser(stream, tally))
    resources = PDFResourceManager()
    device = _Device(resources, tally)
    interpreter = _Interpreter(resources, device)
    for page in PDFPage.create_pages(document):
        interpreter.process_page(page)
        yield device.get_result()


class _Tally:
    """Counts what a PDF has drawn so far, and refuses it beyond the limits."""

    def __init__(self, source: str) -> None:
        self._source, self._drawn, self._crowding = source, 0, 0

    def too_much(self, what: str) -> InvalidInput:
        return InvalidInput(what, where=self._source, remedy="check what it is; save its text as .txt")

    def draw(self, size: int) -> None:
        self._drawn += size + _FORM
        if self._drawn > _MOST_DRAWN:
            raise self.too_much(f"it draws with more than {_MOST_DRAWN:,} bytes of instructions, the limit")

    def crowd(self, counts: Counter[tuple[int, int]]) -> None:
        self._crowding += sum(count * count for count in counts.values() if count > _CROWDED)
        if self._crowding > _MOST_CROWDING:
            raise self.too_much("it draws thousands of characters upon each other")


class _Stream(PDFStream):
    """A stream that is measured before it is unpacked."""

    tally: _Tally

    def decode(self) -> None:
        if self.decipher and self.objid is not None and self.genno is not None:
            self.rawdata = self.decipher(self.objid, self.genno, self.rawdata or b"", self.attrs)
        self.decipher = None
        data = self.rawdata or b""
        packings = [packing for packing, _ in self.get_filters()]
        first = packings[0] if packings else None
        if first in LITERALS_FLATE_DECODE:
            data = self._inflated(data)
        elif len(packings) > 1:
            self._hold(data, _MOST_UNPACKED // _MOST_GROWTH)
        if any(packing in LITERALS_FLATE_DECODE for packing in packings[1:]):
            self._hold(data, _MOST_UNPACKED // _MOST_GROWTH)
        elif any(packing in _REPEATING for packing in packings):
            self._hold(data, _MOST_REPEATING)
        super().decode()

    def _hold(self, data: bytes, most: int) -> None:
        """Refuse what is packed in a way whose growth is not measured, if it is long.

        Raises:
            InvalidInput: It is longer than `most` bytes.
        """
        if len(data) > most:
            raise self.tally.too_much(f"a part of it is packed twice, or as of old, in over {most:,} bytes, the limit")

    def _inflated(self, data: bytes) -> bytes:
        """Return what a stream unpacks to.

        pdfminer unpacks one with a wrong checksum byte by byte, in a time that grows with the square of its length; it
        is given a right one instead.

        Raises:
            InvalidInput: It is more than the limit.
        """
        found = b""
        for window, start in ((zlib.MAX_WBITS, 0), (-zlib.MAX_WBITS, 2)):  # the second way reads no checksum
            unpacking = zlib.decompressobj(window)
            try:
                found = unpacking.decompress(data[start:], _MOST_UNPACKED)
                more = unpacking.decompress(unpacking.unconsumed_tail, 1)
            except zlib.error:
                continue
            if more:
                raise self.tally.too_much(f"a part of it unpacks to more than {_MOST_UNPACKED:,} bytes, the limit")
            if start == 0 and unpacking.eof:
                return found
            break
        self.rawdata = zlib.compress(found, 1)
        return found


_REPEATING = LITERALS_LZW_DECODE + LITERALS_RUNLENGTH_DECODE

_MOST_GROWTH = 1032
"""Bytes that one byte may inflate to."""


class _Parser(PDFParser):
    """A parser of streams that are measured."""

    def __init__(self, stream: BinaryIO, tally: _Tally) -> None:
        super().__init__(stream)
        self._tally = tally

    def do_keyword(self, pos: int, token: Any) -> None:
        super().do_keyword(pos, token)
        at, last = self.curstack[-1] if self.curstack else (0, None)
        if type(last) is PDFStream:
            measured = _Stream(last.attrs, last.rawdata or b"", last.decipher)
            measured.tally = self._tally
            self.curstack[-1] = (at, measured)


class _Interpreter(PDFPageInterpreter):
    """An interpreter that counts what it carries out."""

    def execute(self, streams: Sequence[object]) -> None:
        for stream in streams:
            cast("_Device", self.device).tally.draw(len(stream_value(stream).get_data()))
        super().execute(streams)


class _Device(PDFPageAggregator):
    """A page that looks for characters upon each other before it puts them in order."""

    def __init__(self, resources: PDFResourceManager, tally: _Tally) -> None:
        how = LAParams(line_margin=0.01, boxes_flow=None, char_margin=1.5)
        super().__init__(resources, laparams=how)
        self.tally = tally

    def end_page(self, page: PDFPage) -> None:
        counts: Counter[tuple[int, int]] = Counter()
        waiting: list[Any] = [self.cur_item]
        while waiting:
            item = waiting.pop()
            if isinstance(item, LTChar):
                counts[int(item.x0 // _CELL), int(item.y0 // _CELL)] += 1
            elif isinstance(item, LTContainer):
                waiting += item
        self.tally.crowd(counts)
        super().end_page(page)
