"""The cards nearest to a wish in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autom3l.card import Card
from autom3l.language_names import language_name

_WORD = re.compile(r"[^\W_]{2,}")
_DOMAIN_WEIGHT = 2  # domains count twice: few words, and the ones that matter


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
    who asks for two things wants both."""
    # A second to import, and not needed where an endpoint embeds.
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    vectorizer = TfidfVectorizer(sublinear_tf=True, analyzer=_words)
    weights = vectorizer.fit_transform(texts)
    asked = vectorizer.transform([query]).T
    cosines = (weights @ asked).toarray().ravel()
    shared = ((weights > 0).astype(float) @ (asked > 0).astype(float)).toarray().ravel()
    return [float(x) for x in cosines * shared / max(1, asked.nnz)]


def _order(nearness: Sequence[float]) -> tuple[int, ...]:
    """Of equals the earlier one first."""
    return tuple(sorted(range(len(nearness)), key=lambda i: (-nearness[i], i)))


_WARNINGS = ("**Avoid it**", "**Think twice**")


def _words(text: str) -> list[str]:
    """Without the commonest ones, and a plural as its singular."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415

    found = _WORD.findall(text.lower())
    return [_singular(word) for word in found if word not in ENGLISH_STOP_WORDS]


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word
