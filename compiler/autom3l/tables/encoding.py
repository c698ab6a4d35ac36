"""The encoding of a text file, from all of its bytes."""

from __future__ import annotations

import codecs
import re
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
# Latin scripts mark a letter here and there; other scripts have hardly anything else.
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
# Their letters are the bytes from C0 on, which leaves East Asian text aside.
_ALPHABETS = ("cp1251", "cp1253", "cp1255", "cp1256", "koi8_r")
_EAST_ASIAN = ("cp932", "gb18030", "big5", "cp949", "euc_jp")
_EVIDENCE_BYTES = 1 << 16
_LONGEST_LINE = 1 << 24


def detect_encoding(path: str, head: bytes) -> str:
    """Name of the Python codec of a text file that begins with `head`.

    `ascii` when every byte is; else what a byte-order mark or the zeros of UTF-16 say;
    else UTF-8 when the whole file is valid UTF-8; else a legacy encoding. Raises
    `DataError` D007 when the file breaks its own encoding.
    """
    if marked := marked_encoding(head):
        if not _decodes(path, marked):
            raise DataError(_undecodable(path, f"some bytes are not {marked}"))
        return marked
    for name in (ASCII, "utf-8"):
        if _decodes(path, name):
            return name
    return _legacy_encoding(path)


def marked_encoding(head: bytes) -> str:
    """What the first bytes or the zeros of UTF-16 tell; empty where they don't."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.4 * half:
        return "utf-16-be"
    return ""


def _decodes(path: str, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in byte_chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _undecodable(path: str, message: str) -> Diagnostic:
    return Diagnostic("D007", message, path, "save the file as UTF-8")


def _legacy_encoding(path: str) -> str:
    evidence = bytearray()
    multibyte: list[int] = []
    broken: list[int] = []
    for number, line in _lines_beyond_ascii(path):
        (multibyte if _is_utf8(line) else broken).append(number)
        evidence += line + b"\n"
        if len(evidence) > _EVIDENCE_BYTES:
            break
    if len(multibyte) > len(broken):
        where = f"line {broken[0]} is" if broken else "some lines are"
        raise DataError(_undecodable(path, f"{where} not UTF-8 as the others are"))
    candidates = (_guess(bytes(evidence)), "cp1252", "latin-1")
    return next(name for name in candidates if _decodes(path, name))


def _lines_beyond_ascii(path: str) -> Iterator[tuple[int, bytes]]:
    """(line number, line) of every line with a byte beyond ASCII."""
    number = 1
    rest = b""
    for chunk in byte_chunks(path):
        body, newline, rest = (rest + chunk).rpartition(b"\n")
        if len(rest) > _LONGEST_LINE:
            body, newline, rest = body + newline + rest, b"", b""
        lines = body.split(b"\n") if not body.isascii() else ()
        for position, line in enumerate(lines):
            if not line.isascii():
                yield number + position, line
        number += body.count(b"\n") + len(newline)
    if not rest.isascii():
        yield number, rest


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(evidence: bytes) -> str:
    """The legacy encoding in which the bytes make most sense; cp1252 when unsure."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 (slow, rarely needed)

    candidates = _candidates(evidence)
    found = from_bytes(evidence, cp_isolation=list(candidates))
    best = found.best()
    if best is None:
        return candidates[0]
    # Codepages of one script share most letters; a match stands for all that agree.
    for match in found:
        unsure = match.coherence > best.coherence - 0.1
        if "cp1252" in match.could_be_from_charset and unsure:
            return "cp1252"
    return best.encoding


def _candidates(evidence: bytes) -> tuple[str, ...]:
    runs = re.findall(rb"[\x80-\xff]+", evidence)
    marked = b"".join(runs)
    if sum(len(run) for run in runs if len(run) > 2) < 0.5 * len(marked):
        return _LATIN
    letters = sum(byte >= 0xC0 for byte in marked)
    return _ALPHABETS if letters > 0.95 * len(marked) else _EAST_ASIAN + _ALPHABETS
