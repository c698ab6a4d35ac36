"""How the cells of a CSV file are separated and quoted, judged on its head."""

from __future__ import annotations

from dataclasses import dataclass

from autom3l.tables.records import records_of

SEPARATORS = (",", ";", "\t", "|")
_HEAD_RECORDS = 500


@dataclass(frozen=True)
class Dialect:
    """Separator and quote character of a CSV file."""

    separator: str
    quote: str = '"'


def detect_dialect(head: str, complete: bool) -> Dialect:
    """The dialect under which most records have as many cells as the header.

    `head` is the beginning of the file; unless `complete`, its last record may be cut.
    Single quotes are believed only where there are no double ones.
    """
    double = _best_reading(head, complete, '"')
    if '"' not in head and "'" in head:
        single = _best_reading(head, complete, "'")
        if _better(single, double):
            return single.dialect
    return double.dialect


@dataclass(frozen=True)
class _Reading:
    """The head read under one dialect; readings compare by `score`."""

    dialect: Dialect
    records: list[list[str]]
    score: tuple[int, float, int]


def _best_reading(head: str, complete: bool, quote: str) -> _Reading:
    """Of equal readings the one with the earliest of `SEPARATORS`."""
    dialects = (Dialect(separator, quote) for separator in SEPARATORS)
    readings = [_reading(head, complete, dialect) for dialect in dialects]
    return max(readings, key=lambda reading: reading.score)


def _reading(head: str, complete: bool, dialect: Dialect) -> _Reading:
    found = list(records_of(head, dialect.separator, dialect.quote, _HEAD_RECORDS))
    if not complete and 1 < len(found) < _HEAD_RECORDS:
        found = found[:-1]
    return _Reading(dialect, found, _score(found))


def _score(records: list[list[str]]) -> tuple[int, float, int]:
    """Tables that hold together first, the widest of them; then by consistency."""
    if not records:
        return 0, 0.0, 0
    width = len(records[0])
    fitting = [r for r in records if len(r) - (r[-1] == "") in (width, width - 1)]
    share = sum(_fits(record, width) for record in fitting) / len(records)
    if width > 1 and share >= 0.7:
        return 2, float(width), 0
    if width > 1 and share >= 0.2:
        return 1, share, width
    return 0, share, width


def _fits(record: list[str], width: int) -> bool:
    """Also with a separator at its end that the header has not."""
    return len(record) == width or (len(record) == width + 1 and not record[-1])


def _better(single: _Reading, double: _Reading) -> bool:
    """Cells that open with a single quote also close with it, and more than a few."""
    if single.score < double.score:
        return False
    opened = [c for r in single.records for c in r if c.startswith("'")]
    quoted = [c for r in double.records for c in r if c.startswith("'")]
    closed = sum(c.endswith("'") and len(c) > 1 for c in quoted)
    return single.score > double.score or (
        not opened and closed == len(quoted) and closed > 2
    )
