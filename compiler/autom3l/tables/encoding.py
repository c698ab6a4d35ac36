"""The encoding of a text file, from all of its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.tables.files import byte_chunks

ASCII = "ascii"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EVIDENCE_BYTES = 1 << 18


def detect_encoding(path: str, head: bytes) -> str:
    """Name of the Python codec of a text file that begins with `head`.

    `ascii` when every byte is; else UTF-8 when the whole file is valid UTF-8; else a
    legacy encoding. Raises `DataError` D007 for a mix of UTF-8 and other bytes.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    wide = _unmarked_utf16(head)
    return wide or _narrow_encoding(path)


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 of mostly Latin text has a zero in every second byte."""
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.4 * half:
        return "utf-16-be"
    return ""


def _narrow_encoding(path: str) -> str:
    multibyte = 0
    broken = 0
    first_broken = 0
    evidence = bytearray()
    for number, line in _lines_beyond_ascii(path):
        try:
            line.decode("utf-8")
            multibyte += 1
        except UnicodeDecodeError:
            broken += 1
            first_broken = first_broken or number
        if len(evidence) < _EVIDENCE_BYTES:
            evidence += line
    if not broken:
        return "utf-8" if multibyte else ASCII
    if multibyte > broken:
        message = f"line {first_broken} is not valid UTF-8, the lines before it are"
        hint = "save the file in one encoding, UTF-8 at best"
        raise DataError(Diagnostic("D007", message, path, hint))
    return _legacy_encoding(path, bytes(evidence))


def _lines_beyond_ascii(path: str) -> Iterator[tuple[int, bytes]]:
    """(line number, line) of every line with a byte beyond ASCII."""
    number = 1
    rest = b""
    for chunk in byte_chunks(path):
        body, newline, tail = (rest + chunk).rpartition(b"\n")
        if body.isascii():
            number += body.count(b"\n") + len(newline)
        else:
            for line in body.split(b"\n"):
                if not line.isascii():
                    yield number, line
                number += 1
        rest = tail
    if not rest.isascii():
        yield number, rest


def _legacy_encoding(path: str, evidence: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 (slow; rarely needed)

    best = from_bytes(evidence).best()
    name = best.encoding if best else "cp1252"
    if name in _WESTERN:
        name = "cp1252"
    for candidate in (name, "cp1252", "latin-1"):
        if _decodes(path, candidate):
            return candidate
    raise AssertionError("latin-1 decodes any bytes")


# Detectors confuse these on short evidence; cp1252 is what is meant in practice.
_WESTERN = frozenset(
    "latin_1 iso8859_15 cp1250 cp1254 cp1257 cp437 cp850 cp858 mac_roman hp_roman8 "
    "iso8859_2 iso8859_3 iso8859_4 iso8859_9 iso8859_10 iso8859_13 iso8859_14 "
    "iso8859_16 mac_iceland mac_turkish mac_latin2 cp852 cp865 cp860 cp861 cp863 "
    "utf_8 utf_7 cp037 cp500 cp273 cp1140 cp1026 cp775 cp857 kz1048 ptcp154".split()
)


def _decodes(path: str, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in byte_chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
