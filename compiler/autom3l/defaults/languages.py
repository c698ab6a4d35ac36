"""Whether texts are mostly English, from letters and the commonest words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Words of one side only: "die", "in", "me" or "son" would count for both.
_ENGLISH = frozenset(
    {"the", "and", "of", "to", "is", "for", "with", "this", "that", "it", "was", "are"}
    | {"you", "not", "have", "has", "be", "from", "your", "they", "which", "my"}
)
_OTHER = frozenset(
    {"de", "la", "el", "los", "las", "que", "y", "una", "por", "para", "con", "del"}
    | {
        "le",
        "les",
        "des",
        "et",
        "une",
        "est",
        "pour",
        "dans",
        "qui",
        "pas",
        "sur",
        "du",
    }
    | {"der", "und", "das", "ist", "nicht", "mit", "ein", "eine", "auf", "für", "zu"}
    | {"il", "che", "di", "per", "non", "della", "sono", "um", "uma", "não", "em", "os"}
    | {"een", "het", "van", "niet", "och", "att", "det", "som", "jest", "nie", "się"}
    | {"yang", "dan", "untuk", "dengan", "ve", "bir", "için"}
)
_WORD = re.compile(r"[^\W\d_]+")
FOREIGN_LETTERS = 0.2
MIN_SHARE = 0.02


@dataclass(frozen=True)
class Language:
    """Whether texts are English, the counts that say so, and how sure that is."""

    english: bool
    evidence: str
    confidence: float


def judge_language(texts: Iterable[str]) -> Language:
    """English, unless letters beyond ASCII or another language's words prevail."""
    words = [word for text in texts for word in _WORD.findall(text.lower())]
    letters = sum(map(len, words))
    foreign = sum(not char.isascii() for word in words for char in word)
    english = sum(word in _ENGLISH for word in words)
    other = sum(word in _OTHER for word in words)
    evidence = (
        f"of {len(words):,} words {english:,} are common English ones and {other:,} "
        f"common in other languages; {foreign / max(1, letters):.1%} of the letters "
        "are not ASCII"
    )
    prevails = other > english and other > MIN_SHARE * len(words)
    accented = foreign > FOREIGN_LETTERS * max(1, letters)
    # Names and codes hold few words of any language.
    sure = accented or max(english, other) > MIN_SHARE * len(words)
    return Language(not (prevails or accented), evidence, 0.9 if sure else 0.5)
