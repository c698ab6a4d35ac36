"""Columns of numbers: a quantity, a code, or the number of the row."""

from __future__ import annotations

from autom3l.inference.codes import integer_codes, padded_codes
from autom3l.inference.facts import Facts, Verdict, quoted
from autom3l.inference.identifiers import row_keys
from autom3l.inference.missing import is_phrase, sentinels
from autom3l.inference.numbers import Written, read_numbers


def quantities(facts: Facts) -> Verdict | None:
    """Whether the cells are numbers, and what these numbers are."""
    if (code := padded_codes(facts)) is not None:
        return code
    written = read_numbers(facts.levels)
    if written is None or not _all_explained(facts, written):
        return None
    unnumbered = sentinels(written.numbers)
    numbers = {v: n for v, n in written.numbers.items() if v not in unnumbered}
    values = list(numbers.values())
    return (
        row_keys(facts, values)
        or (integer_codes(facts, numbers) if not written.others else None)
        or _numeric(facts, written, unnumbered)
    )


def _all_explained(facts: Facts, written: Written) -> bool:
    """Whether every text that is no number means "missing" or is a rare slip."""
    spoken = [text for text in written.others if is_phrase(text)]
    odd = [text for text in written.others if text not in spoken]
    if not odd:
        return True
    if (
        len(odd) == 1
        and len(written.numbers) >= 10
        and not any(map(str.isdigit, odd[0]))
    ):
        return True
    cells = sum(facts.counts.values()) or 1
    slips = sum(facts.counts.get(text, 1) for text in odd)
    return len(written.numbers) >= 20 and slips <= 0.02 * cells


def _numeric(facts: Facts, written: Written, unnumbered: tuple[str, ...]) -> Verdict:
    missing = tuple(sorted({*written.others, *unnumbered}))
    format_ = written.format
    low, high = min(written.numbers.values()), max(written.numbers.values())
    evidence = f"{facts.distinct:,} different numbers from {low:g} to {high:g}"
    reason = "The cells are quantities."
    if format_.affixes or format_.thousands or format_.decimal == ",":
        reason = "The cells are numbers written as text; they are parsed."
        evidence += f", written like {quoted(list(written.numbers), 2)}"
    if missing:
        reason += f" {quoted(missing)} means that the value is missing."
    return Verdict(
        modality="numeric",
        reason=reason,
        confidence=0.75 if _few(facts) else 0.95,
        evidence=evidence,
        missing=missing,
        number=format_,
    )


def _few(facts: Facts) -> bool:
    return facts.distinct <= 10
