"""How the cells of a CSV file are separated and quoted, judged on its head."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from itertools import islice

SEPARATORS = (",", ";", "\t", "|")
_HEAD_RECORDS = 500
_CONSISTENT = 0.7


@dataclass(frozen=True)
class Dialect:
    """Separator and quote character of a CSV file."""

    separator: str
    quote: str = '"'


def detect_dialect(head: str, complete: bool) -> Dialect:
    """The dialect under which most records have as many cells as the header.

    `head` is the beginning of the file; unless `complete`, its last record may be cut.
    """
    guesses = [_guess(head, complete, s, q) for q in "\"'" for s in SEPARATORS]
    double, single = (
        max(guesses[:4], key=lambda g: g.score),
        max(guesses[4:], key=lambda g: g.score),
    )
    if _single_quotes_matter(head, double, single):
        return Dialect(single.separator, "'")
    return Dialect(double.separator)


def records(text: str, separator: str, quote: str) -> list[list[str]]:
    """The first records of a CSV text, blank lines left out."""
    csv.field_size_limit(1 << 30)
    lines = csv.reader(
        text.splitlines(keepends=True), delimiter=separator, quotechar=quote
    )
    return list(islice((r for r in lines if any(r) or len(r) > 1), _HEAD_RECORDS))


@dataclass(frozen=True)
class _Guess:
    separator: str
    score: tuple[bool, float, int]
    rows: list[list[str]]


def _guess(head: str, complete: bool, separator: str, quote: str) -> _Guess:
    rows = records(head, separator, quote)
    if not complete and len(rows) > 1:
        rows = rows[:-1]
    if not rows:
        return _Guess(separator, (False, 0.0, 0), rows)
    width = len(rows[0])
    counts = Counter(len(r) for r in rows[1:])
    same = counts[width] + counts[width + 1] if width > 1 else counts[width]
    fraction = same / max(1, len(rows) - 1) if len(rows) > 1 else 1.0
    return _Guess(separator, _score(width, fraction), rows)


def _score(width: int, fraction: float) -> tuple[bool, float, int]:
    """Consistent tables first, wider ones among them; then the most consistent."""
    consistent = width > 1 and fraction >= _CONSISTENT
    return consistent, float(width) if consistent else fraction, width


def _single_quotes_matter(head: str, double: _Guess, single: _Guess) -> bool:
    """No double quotes at all, and cells that open with ' also close with it."""
    if '"' in head or "'" not in head:
        return False
    if single.score < double.score:
        return False
    cells = [c for row in double.rows for c in row if c.startswith("'")]
    closed = sum(c.endswith("'") and len(c) > 1 for c in cells)
    return single.score > double.score or (closed == len(cells) and closed > 2)
