"""Whole numbers: quantities, ranks or codes? The cells first, the name second."""

from __future__ import annotations

import re

from autom3l.inference.facts import Facts, Verdict
from autom3l.inference.names import CODE, COUNT, GROUP, IDENTIFIER, MEASURE, ORDERED

_LEADING_ZERO = re.compile(r"0\d+")


def padded_codes(facts: Facts) -> Verdict | None:
    """Digits of one width with leading zeros ("01234"): a code, never a quantity."""
    if not facts.values or not all(v.isdigit() for v in facts.values):
        return None
    padded = sum(bool(_LEADING_ZERO.fullmatch(v)) for v in facts.values)
    widths = {len(v) for v in facts.values}
    if len(widths) != 1 or padded < 0.02 * len(facts.values):
        return None
    return Verdict(
        modality="categorical",
        reason="Digits of one width with leading zeros are a code, not a quantity.",
        confidence=0.9,
        evidence=f"{facts.distinct:,} codes of {widths.pop()} digits",
    )


def integer_codes(facts: Facts, numbers: dict[str, float]) -> Verdict | None:
    """Categories and ranks among whole numbers; `None` leaves a quantity."""
    if not numbers or any(n != int(n) for n in numbers.values()):
        return None
    values = sorted({int(n) for n in numbers.values()})
    for rule in (_pair, _calendar, _named_code, _named_group, _scale):
        verdict = rule(facts, values)
        if verdict:
            return verdict
    return None


def _pair(facts: Facts, values: list[int]) -> Verdict | None:
    if facts.distinct != 2 or len(values) != 2 or facts.named(COUNT | MEASURE):
        return None
    return Verdict(
        modality="boolean",
        reason="Two codes: one of two states.",
        confidence=0.85,
        evidence=f"values {values[0]} and {values[1]}",
        levels=_written(facts),
    )


def _calendar(facts: Facts, values: list[int]) -> Verdict | None:
    spans = (({"month", "mnth", "mon"}, 1, 12), ({"hour", "hr"}, 0, 24))
    for names, low, high in spans:
        if names & set(facts.words) and low <= values[0] and values[-1] <= high:
            return _ordinal(facts, "Hours or months of the calendar.", 0.85)
    return None


def _named_code(facts: Facts, values: list[int]) -> Verdict | None:
    """zip, postcode, ...Code, ...ID that repeats: a name made of digits."""
    last = facts.words[-1:] and facts.words[-1]
    if not (facts.named(CODE) or last in IDENTIFIER) or facts.named(
        COUNT - {"no", "n"}
    ):
        return None
    if facts.distinct < 2:
        return None
    return Verdict(
        modality="categorical",
        reason="The name says that these digits are a code, and the codes repeat.",
        confidence=0.85 if facts.named(CODE) else 0.55,
        evidence=_figures(facts, values),
    )


def _named_group(facts: Facts, values: list[int]) -> Verdict | None:
    few = facts.distinct <= max(20, 0.2 * facts.present)
    if not facts.named(GROUP) or facts.named(COUNT | MEASURE | ORDERED) or not few:
        return None
    if values[0] < 0:
        return None
    return Verdict(
        modality="categorical",
        reason="The name says that these whole numbers stand for groups.",
        confidence=0.7,
        evidence=_figures(facts, values),
    )


def _scale(facts: Facts, values: list[int]) -> Verdict | None:
    """A short run of whole numbers without the shape or the name of a count."""
    contiguous = values == list(range(values[0], values[-1] + 1))
    if not contiguous or values[0] not in (0, 1) or not 3 <= len(values) <= 10:
        return None
    if facts.named(COUNT | MEASURE) and not facts.named(ORDERED):
        return None
    if not facts.complete or facts.present < 10 * len(values):
        return None
    if len(values) > 5 and not facts.named(ORDERED):
        return None
    if values[0] == 0 and _decays(facts, values) and not facts.named(ORDERED):
        return None
    return _ordinal(facts, "A short scale of whole numbers.", 0.65)


def _decays(facts: Facts, values: list[int]) -> bool:
    """Counts of events fall from zero on: 0, 1, 2, ... each rarer than the last."""
    counts = [facts.counts.get(str(value), 0) for value in values]
    return len(values) > 3 and counts == sorted(counts, reverse=True)


def _ordinal(facts: Facts, reason: str, confidence: float) -> Verdict:
    levels = _written(facts)
    return Verdict(
        modality="ordinal",
        reason=reason,
        confidence=confidence,
        evidence=" < ".join(levels),
        levels=levels,
    )


def _written(facts: Facts) -> tuple[str, ...]:
    """The levels as the table writes them, in numeric order."""
    return tuple(sorted(facts.levels, key=lambda value: (float(value), value)))


def _figures(facts: Facts, values: list[int]) -> str:
    return (
        f"{facts.distinct:,} different whole numbers from {values[0]} to {values[-1]} "
        f"in {facts.present:,} cells"
    )
