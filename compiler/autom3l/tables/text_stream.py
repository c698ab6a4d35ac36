"""A CSV file as a stream of UTF-8 bytes, fit for Arrow."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

from autom3l.profile import TableSource
from autom3l.tables.files import byte_chunks

SENTINEL = "\x02end of table\x03"


class TextStream(io.RawIOBase):
    """The file without byte-order mark and leading blank lines, then a sentinel record.

    The record has `width` cells, the first of them `SENTINEL`. It comes out as the last
    row unless a quote before it was never closed, which Arrow would not notice.
    """

    def __init__(self, source: TableSource, path: str, width: int) -> None:
        self._pieces = _pieces(source, path, width)
        self._rest = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """`size` bytes, fewer only at the end: any disk fills the same blocks."""
        parts, held = [self._rest], len(self._rest)
        while size < 0 or held < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
            held += len(piece)
        data = b"".join(parts)
        cut = len(data) if size < 0 else size
        self._rest = data[cut:]
        return data[:cut]


def _pieces(source: TableSource, path: str, width: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(source.encoding)()
    started = False
    for chunk in byte_chunks(path):
        utf8 = source.encoding == "utf-8"
        data = chunk if utf8 else decoder.decode(chunk).encode()
        if not started:
            data = re.sub(rb"\A(?:[ \t]*[\r\n]+)+", b"", data)
            started = bool(data)
        yield data
    record = source.separator.join([SENTINEL] + [""] * (width - 1))
    yield f"\n{record}\n".encode()
