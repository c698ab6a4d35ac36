"""What language texts are in, from letters and the commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from autom3l.defaults.scripts import language_of_letters

# Words of one side only: "die", "in", "me" or "son" would count for both.
_ENGLISH = frozenset(
    {"the", "and", "of", "to", "is", "for", "with", "this", "that", "it", "was", "are"}
    | {"you", "not", "have", "has", "be", "from", "your", "they", "which", "my"}
)
_WORDS_OF: Mapping[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "es": "de la el los las que y una por para con del",
        "fr": "de la que le les des et une est pour dans qui pas sur du",
        "de": "der und das ist nicht mit ein eine auf für zu",
        "it": "la una del con il che di per non della sono",
        "pt": "de que por para um uma não em os",
        "nl": "de een het van niet",
        "sv": "och att det som",
        "pl": "jest nie się",
        "id": "yang dan untuk dengan",
        "tr": "ve bir için",
    }.items()
}
_OTHER = frozenset().union(*_WORDS_OF.values())
_WORD = re.compile(r"[^\W\d_]+")
FOREIGN_LETTERS = 0.2
MIN_SHARE = 0.02
# How much more often the words of a language occur than those of its neighbours.
LEAD = 1.2


@dataclass(frozen=True)
class Language:
    """What texts are written in, the counts that say so, and how sure that is.

    `code`: the language itself where it is another and can be told; ISO 639-1.
    """

    spoken: Literal["English", "another", "undecided"]
    evidence: str
    confidence: float
    code: str = ""


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
        code = language_of_letters(words) or _language_of_words(words)
        return Language("another", evidence, 0.9, code)
    if max(english, other) <= MIN_SHARE * total:
        return Language("undecided", evidence, 0.5)
    if other > english:
        return Language("another", evidence, 0.9, _language_of_words(words))
    return Language("English", evidence, 0.9)


def _language_of_words(words: Counter[str]) -> str:
    """The one whose common words lead clearly; empty where none does."""
    counts = {c: sum(words[w] for w in common) for c, common in _WORDS_OF.items()}
    first, second = sorted(counts, key=lambda code: -counts[code])[:2]
    return first if counts[first] > LEAD * counts[second] else ""
