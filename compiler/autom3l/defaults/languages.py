"""What language texts are in, from letters and the commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

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
    """What texts are written in, the counts that say so, and how sure that is."""

    spoken: Literal["English", "another", "undecided"]
    evidence: str
    confidence: float


def judge_language(texts: Iterable[str]) -> Language:
    """What the letters beyond ASCII and the commonest words say, if they say anything.

    Names and codes hold few words of any language: those are undecided.
    """
    words = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    total = words.total()
    letters = sum(len(word) * n for word, n in words.items())
    ascii_ = sum(len(w.encode("ascii", "ignore")) * n for w, n in words.items())
    foreign = letters - ascii_
    english = sum(words[word] for word in _ENGLISH)
    other = sum(words[word] for word in _OTHER)
    evidence = (
        f"of {total:,} words {english:,} are common English ones and {other:,} "
        f"common in other languages; {foreign / max(1, letters):.1%} of the letters "
        "are not ASCII"
    )
    if foreign > FOREIGN_LETTERS * max(1, letters):
        return Language("another", evidence, 0.9)
    if max(english, other) <= MIN_SHARE * total:
        return Language("undecided", evidence, 0.5)
    return Language("another" if other > english else "English", evidence, 0.9)
