"""Whole numbers: quantities, ranks or codes? The cells first, the name second."""

from __future__ import annotations

import re

from autom3l.column import NumberFormat
from autom3l.inference.facts import Facts, Verdict
from autom3l.inference.names import (
    CODE,
    COUNT,
    GROUP,
    HOURS,
    IDENTIFIER,
    MEASURE,
    MONTHS,
    ORDERED,
    YEARS,
)

# Each cell text with its number.
Numbers = dict[str, float]

# "phone number", "flight no": a number that names; "number of rooms": one that counts.
_NUMBER = frozenset({"number", "no", "nr", "n"})
_LARGEST_STEP = 10
_SINGULAR = ("ss", "us", "is", "series")
_LEADING_ZERO = re.compile(r"0\d+")


def padded_codes(facts: Facts) -> Verdict | None:
    """Digits of one width with leading zeros ("01234"): a code, never a quantity."""
    widths = set(map(len, facts.seen))
    if len(widths) != 1 or not all(map(str.isdigit, facts.seen)):
        return None
    padded = sum(bool(_LEADING_ZERO.fullmatch(v)) for v in facts.seen)
    if padded < 0.02 * len(facts.seen):
        return None
    return Verdict(
        modality="categorical",
        reason="Digits of one width with leading zeros are a code, not a quantity.",
        confidence=0.9,
        evidence=f"{facts.distinct:,} codes of {widths.pop()} digits",
    )


def integer_codes(facts: Facts, numbers: Numbers) -> Verdict | None:
    """Categories and ranks among whole numbers; `None` leaves a quantity."""
    if not numbers or any(n != int(n) for n in numbers.values()):
        return None
    for rule in (_year, _pair, _calendar, _named_code, _named_group, _scale):
        verdict = rule(facts, numbers)
        if verdict:
            return verdict
    return None


def _year(facts: Facts, numbers: Numbers) -> Verdict | None:
    """Years stay numbers, so that later years than any seen have a place."""
    years = [number for number in numbers.values() if number]
    if facts.distinct < 2 or not years or min(years) < 1500 or max(years) > 2100:
        return None
    named = facts.named(YEARS)
    if not named and not (min(years) >= 1900 and 3 <= facts.distinct <= 130):
        return None
    return Verdict(
        modality="numeric",
        reason="The cells are years.",
        confidence=0.9 if named else 0.7,
        evidence=_figures(facts, numbers),
        number=NumberFormat(),
    )


def _pair(facts: Facts, numbers: Numbers) -> Verdict | None:
    if facts.distinct != 2 or len(numbers) != 2 or _counted(facts):
        return None
    if max(map(abs, numbers.values())) > _LARGEST_STEP:
        return None
    levels = _written(numbers)
    return Verdict(
        modality="boolean",
        reason="Two codes: one of two states.",
        confidence=0.85,
        evidence=f"values {levels[0]} and {levels[1]}",
        levels=levels,
    )


def _calendar(facts: Facts, numbers: Numbers) -> Verdict | None:
    low, high = min(numbers.values()), max(numbers.values())
    for names, first, last in ((MONTHS, 1, 12), (HOURS, 0, 24)):
        if facts.named(names) and first <= low and high <= last:
            return _ordinal(numbers, "Hours or months of the calendar.", 0.85)
    return None


def _named_code(facts: Facts, numbers: Numbers) -> Verdict | None:
    """zip, postcode, ...Code, ...ID that repeats: a name made of digits."""
    last = facts.words[-1] if facts.words else ""
    key = last in IDENTIFIER or (last in _NUMBER and min(numbers.values()) >= 100)
    counted = facts.named(COUNT - _NUMBER) or not _NUMBER.isdisjoint(facts.words[:-1])
    if not (facts.named(CODE) or key) or counted:
        return None
    return Verdict(
        modality="categorical",
        reason="The name says that these digits are a code, and the codes repeat.",
        confidence=0.85 if facts.named(CODE) else 0.6,
        evidence=_figures(facts, numbers),
    )


def _named_group(facts: Facts, numbers: Numbers) -> Verdict | None:
    few = facts.distinct <= max(20, 0.2 * facts.present)
    if not facts.named(GROUP) or facts.named(ORDERED) or _counted(facts) or not few:
        return None
    if min(numbers.values()) < 0:
        return None
    return Verdict(
        modality="categorical",
        reason="The name says that these whole numbers stand for groups.",
        confidence=0.7,
        evidence=_figures(facts, numbers),
    )


def _scale(facts: Facts, numbers: Numbers) -> Verdict | None:
    """A short run of whole numbers without the shape or the name of a count."""
    steps = sorted(set(numbers.values()))
    contiguous = steps[-1] - steps[0] == len(steps) - 1
    if not contiguous or steps[0] not in (0, 1) or not 3 <= len(steps) <= 11:
        return None
    if not facts.complete or facts.present < 10 * len(steps):
        return None
    if facts.named(ORDERED):
        return _ordinal(numbers, "A scale of whole numbers.", 0.8)
    counts = not steps[0] and _decays(facts, numbers)
    if counts or _counted(facts) or len(steps) > 5:
        return None
    return _ordinal(numbers, "A short scale of whole numbers.", 0.65)


def _counted(facts: Facts) -> bool:
    """Whether the name speaks of an amount: a known word, or a plural ("kills")."""
    last = facts.words[-1] if facts.words and facts.distinct > 3 else ""
    plural = len(last) > 3 and last.endswith("s") and not last.endswith(_SINGULAR)
    return facts.named(COUNT | MEASURE) or (plural and last not in GROUP)


def _decays(facts: Facts, numbers: Numbers) -> bool:
    """Counts of events fall from zero on: 0, 1, 2, ... each rarer than the last."""
    counts = [facts.counts[text] for text in _written(numbers)]
    falls = counts == sorted(counts, reverse=True) and counts[0] > counts[-1]
    return len(counts) > 3 and sum(counts) >= 10 * len(counts) and falls


def _ordinal(numbers: Numbers, reason: str, confidence: float) -> Verdict:
    levels = _written(numbers)
    return Verdict(
        modality="ordinal",
        reason=reason,
        confidence=confidence,
        evidence=" < ".join(levels),
        levels=levels,
    )


def _written(numbers: Numbers) -> tuple[str, ...]:
    """The levels as the table writes them, in numeric order."""
    return tuple(sorted(numbers, key=lambda text: (numbers[text], text)))


def _figures(facts: Facts, numbers: Numbers) -> str:
    low, high = min(numbers.values()), max(numbers.values())
    return (
        f"{facts.distinct:,} different whole numbers from {low:.0f} to {high:.0f} "
        f"in {facts.present:,} cells"
    )
