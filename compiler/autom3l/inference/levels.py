"""Few values with a known meaning: yes/no answers and ordered vocabularies."""

from __future__ import annotations

import re

from autom3l.inference.facts import Facts, Verdict
from autom3l.inference.names import ORDERED
from autom3l.inference.scales import ANSWERS, SCALES

_BRACKET = re.compile(
    r"(?:[$€£]|under|less than|below|up to|over|more than|above|at least|age|ages)?\s*"
    r"[<>≤≥~]*=?\s*[$€£]?(\d[\d,.]*)\s*(k|m|%)?\s*(?:(?:-|–|to|and|_)\s*[$€£]?"
    r"(\d[\d,.]*)\s*(k|m|%)?|\+|plus|and (?:over|more|above|up)|or (?:more|less|above)|"
    r"or older|or younger)?\s*(?:[a-z%$€£]+)?",
    re.IGNORECASE,
)


_OPEN = re.compile(r"^[<>≤≥]|\+|over|more|older|less|under")
_GRADE = re.compile(r"[A-Ga-g](?:[+-]|\d)?")


def booleans(facts: Facts) -> Verdict | None:
    """Whether the two values of a column are a yes and a no."""
    if facts.distinct > 4 or not facts.complete:
        return None
    by_key: dict[str, list[str]] = {}
    for value in facts.levels:
        by_key.setdefault(value.lower(), []).append(value)
    for no, yes in ANSWERS:
        if set(by_key) == {no, yes}:
            levels = (by_key[no][0], by_key[yes][0])
            return _boolean(facts, levels)
    return None


def _boolean(facts: Facts, levels: tuple[str, str]) -> Verdict:
    shown = " / ".join(f"{v!r} {facts.counts[v]:,}" for v in levels)
    return Verdict(
        modality="boolean",
        reason="The column answers a yes-or-no question.",
        confidence=0.97,
        evidence=f"two values: {shown}",
        levels=levels,
    )


def ordinals(facts: Facts) -> Verdict | None:
    """Whether all values are ranks of one known scale (low < medium < high)."""
    if not facts.complete or not 2 <= facts.distinct <= 40:
        return None
    levels = (
        _on_scale(facts.levels)
        or _in_brackets(facts.levels)
        or (_graded(facts.levels) if facts.named(ORDERED) else ())
    )
    if not levels:
        return None
    return Verdict(
        modality="ordinal",
        reason="The values are steps of one scale, from low to high.",
        confidence=0.9,
        evidence=" < ".join(levels),
        levels=levels,
    )


def _on_scale(values: tuple[str, ...]) -> tuple[str, ...]:
    keys = {value: _key(value) for value in values}
    for scale in SCALES:
        rank = {word: i for i, words in enumerate(scale) for word in words}
        if all(key in rank for key in keys.values()):
            ranks = [rank[key] for key in keys.values()]
            if len(set(ranks)) == len(ranks):
                return tuple(sorted(values, key=lambda value: rank[keys[value]]))
    return ()


def _in_brackets(values: tuple[str, ...]) -> tuple[str, ...]:
    """Ranges such as "18-24", "25-34", "65+", sorted by where they begin."""
    found = {value: _BRACKET.fullmatch(value) for value in values}
    if len(values) < 3 or not all(found.values()):
        return ()
    ranges = sum(bool(match and match[3]) for match in found.values())
    if ranges < len(values) / 2 and not any(map(_OPEN.search, values)):
        return ()
    starts = {value: _start(value, match) for value, match in found.items() if match}
    if len(set(starts.values())) < len(values):
        return ()
    return tuple(sorted(values, key=starts.__getitem__))


def _graded(values: tuple[str, ...]) -> tuple[str, ...]:
    """Grades such as A+, B, C- or A1 … G5 in their alphabetical order."""
    if len(values) < 3 or not all(map(_GRADE.fullmatch, values)):
        return ()
    signs = {"+": 0, "": 1, "-": 2}
    return tuple(
        sorted(values, key=lambda v: (v[0].upper(), signs.get(v[1:], 1), v[1:]))
    )


def _start(value: str, match: re.Match[str]) -> float:
    low = float(match[1].replace(",", "").rstrip(".") or 0)
    scale = {"k": 1e3, "m": 1e6}.get((match[2] or match[4] or "").lower(), 1.0)
    open_below = re.match(r"<|under|less|below|up to", value, re.IGNORECASE)
    open_above = re.match(r">|over|more|above", value, re.IGNORECASE)
    return low * scale - 0.5 * bool(open_below) + 0.5 * bool(open_above)


def _key(value: str) -> str:
    plain = re.sub("['’]", "", value.lower())
    return " ".join(re.sub(r"[\s_/.-]+", " ", plain).split())
