"""The verdict on one column from its profile: the rules in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from autom3l.inference.dates import datetimes
from autom3l.inference.facts import Facts, Verdict, quoted
from autom3l.inference.identifiers import addresses, hashes, unique_codes
from autom3l.inference.levels import booleans, ordinals
from autom3l.inference.lists import lists
from autom3l.inference.missing import markers
from autom3l.inference.quantities import mixtures, quantities
from autom3l.inference.texts import categories, texts
from autom3l.profile import ColumnProfile

Rule = Callable[[Facts], Verdict | None]

# The first rule that concludes wins: what is certain from the cells alone comes first.
RULES: tuple[Rule, ...] = (
    booleans,
    datetimes,
    hashes,
    quantities,
    mixtures,
    addresses,
    ordinals,
    lists,
    unique_codes,
    texts,
    categories,
)
MOSTLY_MISSING = 0.99


def judge(profile: ColumnProfile) -> Verdict:
    """What a column is by its profile alone; images need files, see `images`."""
    return judge_facts(Facts(profile, markers(profile)))


# Kept, for every plan of a compile judges the same columns, whatever is wished.
@lru_cache(maxsize=4096)
def judge_facts(facts: Facts) -> Verdict:
    """As `judge`, of a column whose signs for missing values are known."""
    if facts.present == 0:
        return _empty(facts)
    found = next(v for rule in RULES if (v := rule(facts)))
    verdict = _as_written(facts, found)
    known = Facts(facts.profile, verdict.missing)
    if known.distinct <= 1:
        return _lone_value(known, verdict)
    return _nearly_empty(known, verdict) or verdict


def _as_written(facts: Facts, verdict: Verdict) -> Verdict:
    """Markers and levels with the blanks around them, as the cells have them."""
    asked = {*verdict.missing, *verdict.levels}
    if not asked:
        return replace(verdict, missing=facts.missing)
    written: dict[str, list[str]] = {value: [] for value in asked}
    for cell in dict.fromkeys((*dict(facts.profile.top), *facts.profile.values)):
        if cell.strip() in asked:
            written[cell.strip()].append(cell)
    spoken = {cell for marker in verdict.missing for cell in written[marker]}
    missing = tuple(sorted({*facts.missing, *spoken}))
    if verdict.modality == "ordinal" and any(
        len(written[v]) > 1 for v in verdict.levels
    ):
        return replace(categories(facts), missing=missing)
    levels = tuple(written[level][0] for level in verdict.levels)
    return replace(verdict, missing=missing, levels=levels)


def _empty(facts: Facts) -> Verdict:
    return Verdict(
        modality="categorical",
        reason="Every cell is empty.",
        confidence=1.0,
        role="unusable",
        evidence=f"0 of {facts.profile.rows:,} cells hold a value",
        missing=facts.missing,
    )


def _lone_value(facts: Facts, verdict: Verdict) -> Verdict:
    """A constant; where cells are empty, whether one is filled tells rows apart."""
    evidence = f"{quoted(facts.levels, 1)} in {facts.present:,} of {_rows(facts)}"
    if 1 - MOSTLY_MISSING < facts.missing_share < MOSTLY_MISSING:
        reason = "One value or none: whether the cell is filled tells the rows apart."
        return Verdict(
            modality="categorical",
            reason=reason,
            confidence=0.7,
            evidence=evidence,
            missing=facts.missing,
        )
    return replace(
        verdict,
        role="constant",
        reason="Every cell that is not empty holds the same value.",
        confidence=1.0,
        evidence=evidence,
    )


def _nearly_empty(facts: Facts, verdict: Verdict) -> Verdict | None:
    if facts.missing_share <= MOSTLY_MISSING:
        return None
    return replace(
        verdict,
        role="unusable",
        reason="Nearly every cell is empty.",
        confidence=0.9,
        evidence=f"{facts.present:,} of {_rows(facts)} hold a value",
    )


def _rows(facts: Facts) -> str:
    return f"{facts.profile.rows:,} cells"
