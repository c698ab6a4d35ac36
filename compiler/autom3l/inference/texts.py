"""What is left: free text, or a category among others."""

from __future__ import annotations

from autom3l.inference.facts import Facts, Verdict, quoted, shapes, share
from autom3l.inference.identifiers import SERIAL
from autom3l.inference.names import CODE, GROUP, PROSE

_NAMES = frozenset({"name", "title"})


def texts(facts: Facts) -> Verdict | None:
    """Whether cells are read as language: sentences, titles, names of several words."""
    if facts.distinct < 3 or not (_long(facts) or _named(facts) or _endless(facts)):
        return None
    sure = facts.words_mean >= 5 or (facts.named(PROSE) and facts.words_mean >= 2)
    return Verdict(
        modality="text",
        reason="The cells are texts of several words that hardly repeat.",
        confidence=0.95 if sure else 0.55,
        evidence=(
            f"{facts.words_mean:.1f} words per cell, {facts.distinct:,} different "
            f"among {facts.present:,}"
        ),
    )


def _long(facts: Facts) -> bool:
    """Sentences, or titles that hardly repeat."""
    if facts.words_mean >= 5:
        return facts.distinct > 10 or facts.uniqueness >= 0.5
    varied = facts.distinct > 30 and facts.uniqueness >= 0.3
    return varied and facts.words_mean >= 1.5


def _named(facts: Facts) -> bool:
    """Shorter texts under a name that speaks of language."""
    if facts.named(PROSE) and facts.words_mean >= 3:
        return facts.uniqueness >= 0.1
    names = facts.named(_NAMES) and not facts.named(GROUP)
    return names and facts.words_mean >= 1.5 and facts.distinct > 50


def _endless(facts: Facts) -> bool:
    """Words without an end to them: as categories, most would be seen once."""
    if facts.uniqueness >= 0.95 and facts.profile.chars_mean >= 25:
        return True
    if facts.distinct <= 1000 or facts.uniqueness < 0.3 or facts.named(CODE | GROUP):
        return False
    return share(map(SERIAL.fullmatch, facts.sample)) < 0.5


def categories(facts: Facts) -> Verdict:
    """A category: values that repeat. The last rule, so it always concludes."""
    few = facts.distinct <= 30 and facts.uniqueness <= 0.5
    sure = facts.uniqueness < 0.2 or few or facts.named(GROUP | CODE)
    return Verdict(
        modality="categorical",
        reason=(
            "The values are categories without an order."
            if sure
            else "Short values that are neither numbers nor sentences."
        ),
        confidence=0.9 if sure else 0.6,
        evidence=(
            f"{facts.distinct:,} different values in {facts.present:,} cells, "
            + (shapes(facts) if _rare(facts) else f"e.g. {quoted(facts.levels)}")
        ),
    )


def _rare(facts: Facts) -> bool:
    """Values that hardly repeat are those of single rows."""
    return facts.uniqueness > 0.5
