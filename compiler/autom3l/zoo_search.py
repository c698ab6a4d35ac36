"""The cards nearest to a wish in words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from autom3l.card import Card
from autom3l.language_names import language_name

_WORD = re.compile(r"[^\W_]{2,}")
_DOMAIN_WEIGHT = 2  # domains count twice: few words, and the ones that matter
# They say how a wish is put, not what is wished.
_STOP_WORDS = frozenset(_WORD.findall("""
    the an this that these those it its itself he him his she her hers they them
    their theirs we us our ours you your yours me my mine who whom whose which what
    when where why how and or nor but if then than so as because since while whether
    though although until of for in on at by to from with without into onto upon
    over under about above below after before between among through during against
    across along around behind beside besides beyond throughout except off out up
    down toward towards via per within is am are was were be been being do does did
    done has have had having please can could may might must shall should will would
    cannot not no none neither never all any some each every both either few many
    much more most less least several such same other others another own only very
    too also just even still yet already again ever often always almost rather quite
    enough together perhaps however therefore thus hence there here now once else
    one thing something anything nothing everything someone anyone everyone etc ie
    eg re
    """))


def search(cards: Sequence[Card], wish: str, limit: int) -> tuple[Card, ...]:
    """At most `limit` cards that share a word with the wish, the nearest first."""
    nearness = _nearness(wish, [searchable(card) for card in cards])
    order = [i for i in _order(nearness) if nearness[i] > 0]
    return tuple(cards[i] for i in order[:limit])


def searchable(card: Card) -> str:
    """What a card is good for, in words; what it is to be avoided for is left out."""
    praise = [p for p in card.advice.split("\n\n") if not p.startswith(_WARNINGS)]
    languages = " ".join(map(language_name, card.languages))
    facts = [card.name, card.modality, card.size, languages, *card.strengths]
    if not card.download:
        facts.append("offline without a download")
    return " ".join([*facts, *_DOMAIN_WEIGHT * card.domains, *praise])


def rank_by_words(query: str, texts: Sequence[str]) -> tuple[int, ...]:
    """The texts by their nearness to the query, as indices."""
    return _order(_nearness(query, texts))


def _nearness(query: str, texts: Sequence[str]) -> list[float]:
    """The cosine of TF-IDF weights, times the share of the query's words in the text:
    who asks for two things wants both.

    Weighted as scikit-learn does with `sublinear_tf`. A hundred short texts take a few
    milliseconds, to import it takes most of a second.
    """
    counts = [_counts(text) for text in texts]
    found = Counter(word for count in counts for word in count)
    rarity = {w: 1 + math.log((1 + len(texts)) / (1 + n)) for w, n in found.items()}
    asked = _weights(_counts(query), rarity)
    return [_likeness(asked, _weights(count, rarity)) for count in counts]


def _weights(counts: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    """Of the words that some text has, as a vector of length one."""
    weights = {
        word: (1 + math.log(count)) * rarity[word]
        for word, count in counts.items()
        if word in rarity
    }
    length = math.hypot(*weights.values())
    return {word: weight / length for word, weight in weights.items()}


def _likeness(asked: dict[str, float], given: dict[str, float]) -> float:
    shared = asked.keys() & given.keys()
    cosine = math.fsum(asked[word] * given[word] for word in shared)
    return cosine * len(shared) / max(1, len(asked))


def _order(nearness: Sequence[float]) -> tuple[int, ...]:
    """Of equals the earlier one first."""
    return tuple(sorted(range(len(nearness)), key=lambda i: (-nearness[i], i)))


_WARNINGS = ("**Avoid it**", "**Think twice**")


@lru_cache(maxsize=512)  # cards come again
def _counts(text: str) -> Counter[str]:
    return Counter(_words(text))


def _words(text: str) -> list[str]:
    """Without the commonest ones, and a plural as its singular."""
    found = _WORD.findall(text.lower())
    return [_singular(word) for word in found if word not in _STOP_WORDS]


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word
