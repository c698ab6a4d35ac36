"""Cells that hold several items: "a|b|c", "a, b", '["a", "b"]'."""

from __future__ import annotations

import re
from collections import Counter

from autom3l.column import ListFormat
from autom3l.inference.facts import Facts, Verdict, quoted, share

# What a list looks like in JSON or Python.
BRACKETS = re.compile(r"\[[^{]*\]|\{[^{:=]*\}", re.DOTALL)
_RECORD = re.compile(r"[\[(]*\{.*(?:=>|:).*", re.DOTALL)
_HARD_SEPARATORS = ("|", ";", " / ", ">>", ">")
_MIN_SHARE = 0.15


def lists(facts: Facts) -> Verdict | None:
    """Whether cells list items out of one vocabulary, and at which sign they split."""
    values = facts.sample
    if not values:
        return None
    if share(map(BRACKETS.fullmatch, values)) >= 0.9:
        return _verdict(facts, ListFormat(",", brackets=True))
    if share(map(_RECORD.match, values)) >= 0.5:
        return None
    for separator in _HARD_SEPARATORS:
        if _is_list(values, separator, repeats=1.15):
            return _verdict(facts, ListFormat(separator))
    if _is_list(values, ",", repeats=2.0) and not (
        _is_structure(values, ",") or _is_prose(values, ",")
    ):
        return _verdict(facts, ListFormat(","))
    return None


def split_items(cell: str, items: ListFormat) -> list[str]:
    """The items of a cell, stripped of blanks, quotes and brackets."""
    text = cell.strip()
    if items.brackets:
        text = text.strip("[](){}")
    parts = (part.strip().strip("'\"").strip() for part in text.split(items.separator))
    return [part for part in parts if part]


def _is_list(values: tuple[str, ...], separator: str, repeats: float) -> bool:
    """Enough cells split, into short items that occur again in other cells."""
    if share(separator in value for value in values) < _MIN_SHARE:
        return False
    items = _items(values, separator)
    if not items or _words_per_item(items) > 4:
        return False
    return len(items) >= repeats * len(set(items))


def _is_prose(values: tuple[str, ...], separator: str) -> bool:
    """Clauses, not items: most cells hold one of their own, or all are long and many.

    The tail of a list's vocabulary is long as well, but it stands in few cells.
    """
    items = _items(values, separator)
    counts = Counter(items)
    cells = (split_items(value, ListFormat(separator)) for value in values)
    if share(any(counts[item] == 1 for item in cell) for cell in cells) > 0.5:
        return True
    return _words_per_item(items) > 2 and len(items) < 5 * len(counts)


def _items(values: tuple[str, ...], separator: str) -> list[str]:
    split = ListFormat(separator)
    return [item for value in values for item in split_items(value, split)]


def _words_per_item(items: list[str]) -> float:
    return sum(len(item.split()) for item in items) / len(items)


def _is_structure(values: tuple[str, ...], separator: str) -> bool:
    """ "Seattle, WA" always has two parts: an address or a name, not a list."""
    sizes = {value.count(separator) for value in values}
    return len(sizes) == 1 and len(values) >= 20


def _verdict(facts: Facts, items: ListFormat) -> Verdict:
    cells = [split_items(value, items) for value in facts.sample]
    vocabulary = {item for cell in cells for item in cell}
    mean = sum(map(len, cells)) / len(cells)
    sign = "brackets" if items.brackets else repr(items.separator)
    return Verdict(
        modality="multi_category",
        reason=f"A cell lists several items, split at {sign}.",
        confidence=0.9,
        evidence=(
            f"{mean:.1f} items per cell out of {len(vocabulary):,} seen, "
            f"e.g. {quoted(facts.levels, 1)}"
        ),
        items=items,
    )
