"""The cards that a model chooses from: within hard limits, the nearest to the task."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from autom3l.card import Card, CardModality
from autom3l.defaults.choosing import breaches, by_liking
from autom3l.defaults.image import IMAGE_CARDS
from autom3l.defaults.text import ENGLISH_CARDS, OTHER_CARDS
from autom3l.planning.composing import Scene
from autom3l.zoo import local_folder
from autom3l.zoo_search import searchable

SHORTLIST = 6
PREFERRED = (*ENGLISH_CARDS, *OTHER_CARDS, *IMAGE_CARDS)
_BYTES = 4  # of a parameter in single precision
_ADVICE = 220

# The texts by their nearness to a query, as indices.
Rank = Callable[[str, Sequence[str]], tuple[int, ...]]


def shortlist(
    scene: Scene, modality: CardModality, query: str, rank: Rank, chosen: str
) -> tuple[Card, ...]:
    """At most `SHORTLIST` cards of a modality that can be had, the nearest first; of
    equals, those that the rules prefer.

    Besides, the one that the rules have chosen and one that needs no download.
    """
    liked = by_liking(scene.zoo.of(modality), PREFERRED)
    cards = [card for card in liked if _available(scene, card)]
    if len(cards) > SHORTLIST:
        order = rank(query, [searchable(card) for card in cards])
        nearest = [cards[i] for i in order[:SHORTLIST]]
        others = (cards[i] for i in order[SHORTLIST:])
        kept = [c for c in others if c.name == chosen or not c.download]
        cards = [*nearest, *kept]
    return tuple(cards)


def card_line(card: Card) -> str:
    """What a model needs to know of a card, as one JSON object."""
    facts: dict[str, object] = {
        "card": card.name,
        "parameters": f"{card.parameters / 1e6:.0f}M" if card.parameters else "few",
        "MB": round(card.parameters * _BYTES / 1e6) if card.parameters else "few",
        "GFLOPs": card.gflops or "few",
        "licence": card.licence,
        "languages": list(card.languages),
        "domains": list(card.domains),
        "tokens at most": card.max_tokens,
        "pixels": card.input_size,
        "good for": list(card.strengths),
        "advice": _sentences(card.advice),
    }
    return json.dumps({k: v for k, v in facts.items() if v})


def _sentences(advice: str) -> str:
    """The first ones, as many as are short together."""
    kept = ""
    for sentence in re.split(r"(?<=\.) ", " ".join(advice.split())):
        if kept and len(kept) + len(sentence) > _ADVICE:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


def _available(scene: Scene, card: Card) -> bool:
    """Within the constraints, and with weights that can be loaded.

    Half of an image-text pair is no model for texts alone.
    """
    spec = scene.spec
    if card.modality == "text" and card.space:
        return False
    if any(breaches(spec.constraints, card)):
        return False
    if not card.download:
        return True
    if spec.weights_dir is not None:
        return bool(local_folder(card, Path(spec.folder) / spec.weights_dir))
    return not spec.constraints.offline
