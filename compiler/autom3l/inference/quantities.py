"""Columns of numbers: a quantity, a code, or the number of the row."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from autom3l.column import NumberFormat
from autom3l.inference.codes import integer_codes, padded_codes
from autom3l.inference.facts import Facts, Verdict, quoted, share
from autom3l.inference.identifiers import row_keys
from autom3l.inference.levels import booleans
from autom3l.inference.missing import is_phrase, sentinels
from autom3l.inference.names import SPEAKING
from autom3l.inference.numbers import Written, read_numbers, units_of

_SLIPS = 0.05
_MOST = 0.5
_MANY = 30
_FEW = 3
_UNITS = 6
_COMPOUND = re.compile(r"(?:\d+\s*(?:[A-Za-z]{1,7}|['\"]+)\s*){2,}|\d+'\d+\"?")


def quantities(facts: Facts) -> Verdict | None:
    """Whether the cells are numbers, and what these numbers are."""
    if (code := padded_codes(facts)) is not None:
        return code
    written = read_numbers(facts.typical)
    if written is None or not _all_explained(facts, written):
        return None
    missing = (*written.others, *sentinels(written.numbers))
    numbers = {v: n for v, n in written.numbers.items() if v not in missing}
    known = Facts(facts.profile, (*facts.missing, *missing))
    plain = written.format == NumberFormat()
    verdict = (
        (booleans(known) if missing else None)
        or row_keys(known, list(numbers.values()))
        or (integer_codes(known, numbers) if plain else None)
        or _numeric(known, numbers, written.format)
    )
    return replace(
        verdict, missing=tuple(sorted(missing)), reason=_told(verdict, missing)
    )


def mixtures(facts: Facts) -> Verdict | None:
    """Numbers no single rule can read: in several units, or like "2h 5m"."""
    if facts.distinct > 10 and share(map(_COMPOUND.fullmatch, facts.sample)) >= 0.8:
        return _unread(facts, "of several parts", 1.0)
    found = [units_of(value) for value in facts.sample]
    units = Counter(pair for pair in found if pair and pair[1])
    known = sum(units.values())
    if known < 0.8 * len(found) or not 2 <= len(units) <= _UNITS:
        return None
    if facts.distinct < 3 * len(units) or facts.uniqueness < 0.05:
        return None
    shown = quoted(sorted({after for _, after in units}), _UNITS)
    return _unread(facts, f"in several units ({shown})", known / len(found))


def _unread(facts: Facts, what: str, known: float) -> Verdict:
    return Verdict(
        modality="categorical",
        reason=f"The cells are numbers {what}, which are not read.",
        confidence=0.5,
        evidence=f"{known:.0%} of the values, e.g. {quoted(facts.levels)}",
    )


def _all_explained(facts: Facts, written: Written) -> bool:
    """Whether the texts that are no numbers mean "missing", or are slips."""
    odd = [text for text in written.others if not is_phrase(text)]
    if not odd:
        return True
    known = len(written.numbers)
    part = _share_of(facts, odd)
    if known >= 20 and part <= _SLIPS:
        return True
    # "Free", "Call us": words among many prices; but "K" among the grades is a level.
    worded = not any(character.isdigit() for text in odd for character in text)
    return worded and part <= _MOST and known >= _MANY and len(odd) <= _FEW


def _share_of(facts: Facts, texts: list[str]) -> float:
    """The share of the cells that hold one of `texts`, or a rare text like them."""
    counted = sum(facts.counts[text] for text in texts) / max(1, facts.present)
    spread = set(facts.sample).intersection(texts)
    return max(counted, len(spread) / max(1, len(facts.sample)) * facts.uniqueness)


def _numeric(facts: Facts, numbers: dict[str, float], format_: NumberFormat) -> Verdict:
    low, high = min(numbers.values()), max(numbers.values())
    evidence = f"{facts.distinct:,} different numbers from {low:g} to {high:g}"
    reason = "The cells are quantities."
    if format_ != NumberFormat():
        reason = "The cells are numbers written as text."
        evidence += f", written like {quoted(numbers, 2)}"
    return Verdict(
        modality="numeric",
        reason=reason,
        confidence=_confidence(facts, numbers, format_ != NumberFormat()),
        evidence=evidence,
        number=format_,
    )


def _confidence(facts: Facts, numbers: dict[str, float], written: bool) -> float:
    """Few whole numbers under a name that says nothing could as well be codes."""
    if written or any(number != int(number) for number in numbers.values()):
        return 0.95
    few = facts.distinct <= (100 if facts.missing_share > 0.3 else 30)
    if few and not facts.named(SPEAKING):
        return 0.6
    return 0.75 if facts.distinct <= 10 else 0.9


def _told(verdict: Verdict, missing: tuple[str, ...]) -> str:
    if not missing:
        return verdict.reason
    plural = "mean" if len(missing) > 1 else "means"
    # Of a key, what is no number may be another key.
    other = f"{len(missing):,} other text{'s' * (len(missing) > 1)}"
    texts = other if verdict.role == "identifier" else quoted(missing)
    return f"{verdict.reason} {texts} {plural} that the value is missing."
